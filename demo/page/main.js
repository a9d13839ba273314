// Decides what the page shows and does at each turn of a session; connection.js does the speaking.
import { Connection, request } from "./connection.js";
import { Log } from "./log.js";
import { Path } from "./path.js";

const at = (id) => document.getElementById(id);
const settings = await readSettings();
const proxy = new URL(settings.proxy);
const path = new Path(at("path"));
const log = new Log(at("log"));
// Of the tab, so that a reload resumes by itself; the id is only compared and shown, the cookie does the resuming.
const remembered = sessionStorage;

let connection = null;
let frame = null;
let since = 0;
let heartbeats = 0;
let roundTrips = [];

at("page-origin").textContent = location.host;
at("proxy-origin").textContent = proxy.host;
show("idle", "not connected");

at("connect").onclick = at("resume").onclick = open;
at("drop").onclick = drop;
at("end").onclick = () => connection.end();
at("fetch").onclick = ask;
at("clear").onclick = () => log.clear();
at("hide-heartbeats").onchange = (event) => at("log").classList.toggle("quiet", event.target.checked);
at("theme").onclick = () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
};
at("say").onsubmit = (event) => {
  event.preventDefault();
  connection.say(at("text").value);
  path.forth();
  log.add("to", at("text").value);
};
setInterval(() => {
  if (since) at("uptime").textContent = lasted(performance.now() - since);
}, 500);

if (remembered.getItem("connected")) open();

/** Where the proxy is: the query's `proxy`, else what the server of this page says in config.json. */
async function readSettings() {
  const query = Object.fromEntries(new URLSearchParams(location.search));
  const served = await fetch("config.json").then((answer) => (answer.ok ? answer.json() : {})).catch(() => ({}));
  return { proxy: "ws://localhost:49100/sign_in", function: "", ...served, ...query };
}

function open() {
  // A frame of its own for each socket: taking it out of the page loses the socket as a reload would.
  frame = document.createElement("iframe");
  frame.hidden = true;
  document.body.append(frame);
  const protocols = [`x-nv-sessionid.${crypto.randomUUID().slice(0, 8)}`];
  if (settings.function) protocols.push(`function-id.${settings.function}`);

  show("connecting", remembered.getItem("id") ? "resuming …" : "connecting …", "Waiting for a worker of the function.");
  path.connecting();
  log.add("note", `open ${proxy.href}`);
  connection = new Connection(proxy.href, protocols, { WebSocket: frame.contentWindow.WebSocket });
  connection.addEventListener("open", (event) => opened(event.detail));
  connection.addEventListener("greeting", (event) => greeted(event.detail));
  connection.addEventListener("heartbeat", (event) => felt(event.detail));
  connection.addEventListener("echo", (event) => echoed(event.detail));
  connection.addEventListener("message", (event) => log.add("from", event.detail.text));
  connection.addEventListener("close", (event) => closed(event.detail));
}

function opened({ protocol }) {
  since = performance.now();
  heartbeats = 0;
  roundTrips = [];
  remembered.setItem("connected", "yes");
  at("protocol").textContent = protocol || "none";
  at("heartbeats").textContent = "0";
  path.connected();
  show("connected", "connected", "Say something, drop the connection and resume, or reload this page.");
  log.add("note", `connected, protocol ${protocol || "none"}`);
}

function greeted({ said, text }) {
  const before = remembered.getItem("id");
  const same = before === said.session;
  remembered.setItem("id", said.session);
  at("request-id").textContent = said.session;
  at("id-note").hidden = !before;
  at("id-note").className = same ? "" : "other";
  at("id-note").textContent = same ? "resumed: the same session" : "another session than before";
  count(said);
  if (same) replay(at("request-id").closest(".card"), "resumed");
  path.greeted();
  log.add("from", text);
  connection.say("hello");
  path.forth();
  log.add("to", "hello");
}

function felt({ said, text }) {
  count(said);
  at("heartbeats").textContent = ++heartbeats;
  replay(at("heart"), "beat");
  path.back();
  log.add("from heartbeat", text);
}

function echoed({ text, milliseconds }) {
  at("round-trip").textContent = `${milliseconds.toFixed(1)} ms`;
  roundTrips = [...roundTrips.slice(-29), milliseconds];
  const most = Math.max(...roundTrips);
  const points = roundTrips.map((each, i) => `${(i * 120) / Math.max(1, roundTrips.length - 1)},${27 - (each / most) * 25}`);
  at("trend").firstElementChild.setAttribute("points", points.join(" "));
  path.back();
  log.add("from", `${text}  (echo after ${milliseconds.toFixed(1)} ms)`);
}

function closed({ code, wasOpen, refused, resumable, text }) {
  ended();
  log.add(resumable || refused ? "bad" : "note", `closed with ${code}: ${text}`);
  if (refused) {
    path.broken(text.startsWith("502") || text.startsWith("504") ? "gateway" : "proxy");
    return show("refused", "refused", text);
  }
  if (!wasOpen) {
    path.broken("proxy");
    return show("refused", "no connection", unreachable());
  }
  if (resumable) {
    path.lost();
    return show("dropped", "connection lost", `${text}. The function waits for you: resume.`);
  }
  remembered.clear();
  path.rest();
  show("idle", "ended", `Session ${text}. The function is free for somebody else.`);
}

function drop() {
  connection.forget();
  ended();
  path.lost();
  log.add("bad", "dropped: the socket's frame was taken out of the page");
  show("dropped", "dropped", "Gone without a goodbye, as with a reload or a closed tab: the browser itself sends code 1001 for the " +
    "page. The function is kept for the resume window.");
}

function ended() {
  since = 0;
  remembered.removeItem("connected");
  frame.remove();
  connection = frame = null;
}

async function ask() {
  const url = new URL(proxy);
  url.searchParams.set("from", "page");
  log.add("to", `GET ${url.pathname}${url.search}, with the cookie`);
  path.forth();
  try {
    const { status, type, text } = await request(url);
    path.back();
    log.add(status < 400 ? "from" : "bad", `${status} ${type}\n${text.trim().slice(0, 600)}`);
  } catch (error) {
    log.add("bad", error.message);
    at("hint").replaceChildren(unreachable());
  }
}

/** The function's own count of what it got in this session: after a resume it goes on where it was. */
function count({ messages }) {
  at("counted").textContent = `${messages} ${messages === 1 ? "message" : "messages"} kept by the function`;
}

/** What may be wrong where the browser says nothing; with TLS a link to where the certificate can be accepted. */
function unreachable() {
  if (proxy.protocol === "ws:") return `No answer from ${proxy.host}, or a refusal that the browser hides. Is the proxy running?`;
  const hint = document.createElement("span");
  const link = document.createElement("a");
  link.href = proxy.href.replace("wss:", "https:");
  link.textContent = link.href;
  hint.append("The proxy's certificate is self-signed. Open ", link, ", accept it there, come back and connect.");
  return hint;
}

/** Shows the state of the session as `name` (idle, connecting, connected, dropped, refused) and in words. */
function show(name, words, hint = "Connect: the proxy asks NVCF for a worker of the function and adds what the browser must not know.") {
  document.body.dataset.state = name;
  at("state").textContent = words;
  at("hint").replaceChildren(hint);
  at("connect").hidden = name === "dropped";
  at("resume").hidden = name !== "dropped";
  at("connect").disabled = name === "connecting" || name === "connected";
  for (const id of ["drop", "end", "send"]) at(id).disabled = name !== "connected";
  if (name !== "connected") at("uptime").textContent = "—";
}

function replay(element, animation) {
  element.classList.remove(animation);
  void element.offsetWidth;  // without a layout in between the browser sees no change and plays nothing
  element.classList.add(animation);
}

function lasted(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}
