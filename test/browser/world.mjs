// Starts the whole path for a browser test, all of it real and on port 0: sample function, gateway stand-in, proxy, a
// page's origin, Chromium. Every process and listener that it starts ends with the test.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const FUNCTION = "11111111-1111-4111-8111-111111111111";
export const OTHER_FUNCTION = "22222222-2222-4222-8222-222222222222";
export const API_KEY = "nvapi-browser-test";
// Stand-in and function say in JSON where they listen; a line counts once its end is there.
const START_LINE = /^\{"listen".*\}(?=\n)/m;
const PROTOCOLS = ["x-nv-sessionid.abc", `function-id.${FUNCTION}`, "authorization.tok"];
const CHROMIUM = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const ends = [];
after(async () => {
  for (const end of ends.reverse()) await end();
});

/** A test that ends within a minute, whatever hangs. */
export function story(name, tell) {
  test(name, { timeout: 60_000 }, tell);
}

/** Waits until `probe` gives something true and returns it; fails after `seconds`. */
export async function until(what, probe, seconds = 20) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await probe();
    if (found) return found;
    assert.ok(Date.now() < deadline, `${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Where the build left the program `name`: NVCF_BUILD says which build, else the release one. */
const built = (name) => path.resolve(process.env.NVCF_BUILD ?? fileURLToPath(new URL("../../build/release", import.meta.url)), name);

/** Starts `program`, a name of the build or a path; resolves to the first match of `ready` in its output. */
export async function start(program, args, env, ready) {
  const child = spawn(built(program), args, { env: { PATH: process.env.PATH, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let gone = false;
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += data));
  const ended = new Promise((resolve) => child.once("close", resolve)).then(() => (gone = true));
  ends.push(async () => {
    child.kill("SIGTERM");
    // A session that a failed test left open must not hold up the end until the proxy has drained.
    const limit = setTimeout(() => child.kill("SIGKILL"), 3000);
    await ended;
    clearTimeout(limit);
  });
  return until(`${program} to start`, () => {
    assert.ok(!gone, `${program} ended:\n${said}`);
    return said.match(ready);
  });
}

/** A certificate for localhost that vouches for itself: {certificate, key}, paths of PEM files. */
export function makeCertificate() {
  const folder = mkdtempSync(path.join(tmpdir(), "nvcf-browser-"));
  ends.push(() => rmSync(folder, { recursive: true }));
  const certificate = path.join(folder, "certificate.pem");
  const key = path.join(folder, "key.pem");
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate], { stdio: "pipe" });
  return { certificate, key };
}

/** Function and stand-in: {server, ca, report(), fault(fault), reset()}; `tls` between proxy and gateway. */
export async function startGateway({ tls = false, options = [] } = {}) {
  const [functionLine] = await start("nvcf-sample-function", ["--listen", "127.0.0.1:0", "--heartbeat", "200ms"], {}, START_LINE);
  const { listen: [{ port: streaming }] } = JSON.parse(functionLine);
  const ca = tls ? makeCertificate() : null;
  const [line] = await start("nvcf-gateway-standin", ["--listen", "127.0.0.1:0", "--api-key", API_KEY, "--function",
    `${FUNCTION}@127.0.0.1:${streaming}`, ...(ca ? ["--tls-cert", ca.certificate, "--tls-key", ca.key] : []), ...options], {}, START_LINE);
  const { listen: [{ port }], control } = JSON.parse(line);
  const call = async (method, target, body) => {
    const answer = await fetch(`http://127.0.0.1:${control.port}${target}`, { method, body });
    assert.ok(answer.ok, `${method} ${target}: ${answer.status}`);
    return answer.text();
  };
  return {
    server: `${tls ? "https" : "http"}://localhost:${port}`,
    ca: ca?.certificate,
    report: async () => JSON.parse(await call("GET", "/report")),
    fault: (fault) => call("POST", "/faults", JSON.stringify({ fault })),
  };
}

/** The proxy before `gateway`: its WebSocket address, `/sign_in` included. `env` adds to its environment. */
export async function startProxy(gateway, { tls = false, env = {} } = {}) {
  const [, port] = await start("nvcf-lls-proxy", [], {
    NVCF_SERVER: gateway.server,
    ...(gateway.ca ? { NVCF_CA_FILE: gateway.ca } : {}),
    NVCF_API_KEY: API_KEY,
    STREAMING_FUNCTION_ID: FUNCTION,
    PROXY_ADDRESS: "127.0.0.1",
    PROXY_PORT: "0",
    PROXY_SSL_INSECURE: String(tls),
    PROXY_ADMIN_ADDRESS: "off",
    PROXY_THREADS: "1",
    ...env,
  }, /"event":"serving","listen":"[^"]*:(\d+)"/);
  return `${tls ? "wss" : "ws"}://localhost:${port}/sign_in`;
}

/** An origin with an empty page, `http://localhost:<port>` or with another name of this machine. */
export async function startOrigin(name = "localhost") {
  const server = http.createServer((request, response) => {
    response.setHeader("Content-Type", "text/html");
    response.end("<!doctype html><title>a page</title>");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(() => new Promise((resolve) => server.close(resolve) && server.closeAllConnections()));
  return `http://${name}:${server.address().port}`;
}

/** A page in a Chromium of its own that takes the proxy's self-signed certificate, showing `address`. */
export async function openPage(address, options = {}) {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: CHROMIUM });
  ends.push(() => browser.close());
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
  const page = await context.newPage();
  await page.goto(address);
  return page;
}

/** Opens a WebSocket in the page: {protocol, greeting} once the function greeted, {code, reason, opened} if it was closed first. */
export function connect(page, url, protocols = PROTOCOLS) {
  return page.evaluate(([url, protocols]) => new Promise((resolve) => {
    const socket = new WebSocket(url, protocols);
    let opened = false;
    window.socket = socket;
    setTimeout(() => resolve({ silent: true, opened }), 15_000);
    socket.onopen = () => { opened = true; };
    socket.onmessage = ({ data }) => resolve({ protocol: socket.protocol, greeting: JSON.parse(data) });
    socket.onclose = ({ code, reason }) => resolve({ code, reason, opened });
  }), [url, protocols]);
}

/** Ends the page's WebSocket as a page does that is done with it. */
export function end(page) {
  return page.evaluate(() => new Promise((resolve) => {
    window.socket.onclose = ({ code }) => resolve(code);
    window.socket.close(1000, "done");
  }));
}

/** An HTTP request of the page with its cookies: {status, headers, text}, or {error} where the browser lets it read nothing. */
export function request(page, url, options = {}) {
  return page.evaluate(async ([url, options]) => {
    try {
      const answer = await fetch(url, { credentials: "include", ...options });
      return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() };
    } catch (error) {
      return { error: error.message };
    }
  }, [url.replace(/^ws/, "http"), options]);
}
