// Decides how the picture of the way looks: which nodes and wires are alive, waiting or broken, and what travels there.

/** The picture inside `element`; nodes and wires are found by `data-node` and `data-wire`. */
export class Path {
  #element;

  constructor(element) {
    this.#element = element;
    this.rest();
  }

  /** Nobody is connected. */
  rest() {
    this.#paint({ browser: "good" }, {});
  }

  connecting() {
    this.#paint({ browser: "good", proxy: "busy", gateway: "busy", function: "busy" }, { proxy: "busy", gateway: "busy", function: "busy" });
  }

  /** The 101 came: by the proxy's promise (F5) the gateway said it first. */
  connected() {
    this.#paint({ browser: "good", proxy: "good", gateway: "good", function: "busy" }, { proxy: "good", gateway: "good", function: "busy" });
  }

  /** The function itself spoke. */
  greeted() {
    this.#paint({ browser: "good", proxy: "good", gateway: "good", function: "good" }, { proxy: "good", gateway: "good", function: "good" });
  }

  /** The way is broken at the wire that leads to `where`: proxy or gateway. */
  broken(where) {
    const proxy = where === "gateway" ? "good" : "";
    this.#paint({ browser: "good", proxy, [where]: where === "gateway" ? "bad" : proxy }, { proxy, [where]: "bad" });
  }

  /** The browser's own wire is broken, and the function waits for it to come back. */
  lost() {
    this.#paint({ browser: "good", function: "busy" }, { proxy: "bad" });
  }

  /** Something goes to the function. */
  forth() {
    this.#travel("dot", ["proxy", "gateway", "function"]);
  }

  /** Something comes from the function. */
  back() {
    this.#travel("dot back", ["function", "gateway", "proxy"]);
  }

  #paint(nodes, wires) {
    for (const dot of this.#element.querySelectorAll(".dot")) dot.remove();
    for (const node of this.#element.querySelectorAll("[data-node]")) node.dataset.is = nodes[node.dataset.node] ?? "";
    for (const wire of this.#element.querySelectorAll("[data-wire]")) wire.dataset.is = wires[wire.dataset.wire] ?? "";
  }

  #travel(kind, wires) {
    wires.forEach((name, i) => {
      const dot = document.createElement("i");
      dot.className = kind;
      dot.style.animationDelay = `${i * 0.34}s`;
      dot.style.animationFillMode = "none";
      dot.style.opacity = 0;
      dot.onanimationstart = () => { dot.style.opacity = 1; };
      dot.onanimationend = () => dot.remove();
      this.#element.querySelector(`[data-wire="${name}"]`).append(dot);
    });
  }
}
