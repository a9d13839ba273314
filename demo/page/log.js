// Decides how what happened is listed: the newest at the bottom and in sight, no more than 500 lines.

const arrows = { to: "→", from: "←", note: "·", bad: "✕" };

/** A log in the list `element`. */
export class Log {
  #element;

  constructor(element) {
    this.#element = element;
  }

  /** Adds a line; `kind` is to, from, note or bad, and more class names may follow. */
  add(kind, text) {
    const line = document.createElement("li");
    line.className = kind;
    const time = document.createElement("time");
    time.textContent = new Date().toISOString().slice(11, 23);
    const arrow = document.createElement("b");
    arrow.textContent = arrows[kind.split(" ")[0]];
    const said = document.createElement("span");
    said.textContent = text;
    line.append(time, arrow, said);
    // Who scrolled up to read is not pulled away.
    const atEnd = this.#element.scrollTop + this.#element.clientHeight >= this.#element.scrollHeight - 30;
    this.#element.append(line);
    if (this.#element.children.length > 500) this.#element.firstChild.remove();
    if (atEnd) this.#element.scrollTop = this.#element.scrollHeight;
  }

  clear() {
    this.#element.replaceChildren();
  }
}
