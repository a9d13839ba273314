// Speaks to the proxy: the one file to read, or to take along, when a page of your own has to.
//
// What a page has to know:
// - A session is a WebSocket to the proxy. What the page may choose travels as subprotocols, since a browser lets a page
//   set no headers: `function-id.<id>` names one of the allowed functions, `authorization.<token>` proves the user,
//   `x-nv-sessionid.<id>` is for the streaming application itself. The proxy takes the first two away and the function
//   answers one of the rest.
// - The cookie that the 101 sets (`nvcf-request-id`, HttpOnly: no script reads it) is all that resuming takes. Open the
//   same address again and the browser sends it along; the function you left is kept for you for the resume window.
// - A page may close with code 1000 only when it is done: that gives the GPU back at once. Losing the socket in any other
//   way (the network, a reload, a closed tab) keeps the session for the resume window.
// - Browsers tell a page nothing about a refused handshake but code 1006. Started with PROXY_REFUSALS=close, the proxy
//   says it in the close event instead: code 4000 + HTTP status, and the reason in words.

/** Names `event.code` of a close event in words, and says whether opening again leads back to the session. */
export function explainClose(code, reason) {
  const said = reason ? `: ${reason}` : "";
  if (code >= 4100 && code <= 4599) return { refused: true, resumable: code === 4503, text: `${code - 4000}${said}` };
  switch (code) {
    case 1000:
    case 1005: return { resumable: false, text: `ended${said}` };
    case 1001: return { resumable: true, text: "left without saying that it is the end" };
    case 1006: return { resumable: true, text: "lost, or never opened; a browser does not say more" };
    case 1008: return { resumable: false, text: `ended by the proxy${said}` };
    case 1012: return { resumable: true, text: `the proxy is restarting${said}` };
    default: return { resumable: code >= 1011 && code <= 1014, text: `closed with ${code}${said}` };
  }
}

/**
 * One session's socket. Events: `open` {protocol}, `greeting` {said: {session, resumed, messages}}, `heartbeat` {said: {messages}},
 * `message` {text}, `echo` {text, milliseconds}, and `close` {code, reason, wasOpen, refused, resumable, text}. What the function says is
 * the sample function's own; another one has its own words. A closed connection is done with: make another one to resume.
 */
export class Connection extends EventTarget {
  #socket;
  #wasOpen = false;
  #asked = new Map();

  /**
   * @param url the proxy's, `ws://` or `wss://`, with the path of the function's start endpoint (`/sign_in`)
   * @param protocols what to offer, see above
   * @param WebSocket whose sockets to use; another frame's ones are let go of together with that frame
   */
  constructor(url, protocols, { WebSocket = globalThis.WebSocket } = {}) {
    super();
    this.#socket = new WebSocket(url, protocols);
    this.#socket.onopen = () => {
      this.#wasOpen = true;
      this.#tell("open", { protocol: this.#socket.protocol });
    };
    this.#socket.onmessage = (event) => this.#receive(event.data);
    this.#socket.onclose = ({ code, reason }) =>
      this.#tell("close", { code, reason, wasOpen: this.#wasOpen, ...explainClose(code, reason) });
  }

  /** Sends a text and times its echo. */
  say(text) {
    const data = JSON.stringify({ type: "echo", id: crypto.randomUUID(), text });
    this.#asked.set(data, { text, since: performance.now() });
    this.#socket.send(data);
  }

  /** Ends the session for good: the function is free at once. */
  end() {
    this.#socket.close(1000, "done");
  }

  /** Tells nobody any more; for one who is about to let go of the socket's frame. */
  forget() {
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
  }

  #receive(data) {
    const echo = this.#asked.get(data);
    if (echo) {
      this.#asked.delete(data);
      return this.#tell("echo", { text: echo.text, milliseconds: performance.now() - echo.since });
    }
    const said = parse(data);
    const type = "session" in said ? "greeting" : "hb" in said ? "heartbeat" : "message";
    this.#tell(type, { said, text: data });
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** The answer of an HTTP request through the proxy, with the session's cookie: {status, type, text}; throws what fetch throws. */
export async function request(url, options = {}) {
  const http = new URL(url);
  http.protocol = http.protocol.replace("ws", "http");
  const response = await fetch(http, { credentials: "include", ...options });
  return { status: response.status, type: response.headers.get("content-type") ?? "", text: await response.text() };
}

function parse(data) {
  try {
    const said = JSON.parse(data);
    return said && typeof said === "object" ? said : {};
  } catch {
    return {};
  }
}
