// The demo's page through the real path: what a visitor does, in the order in which the page invites to it.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { FUNCTION, openPage, start, startGateway, startProxy, story, until } from "./world.mjs";

const server = fileURLToPath(new URL("../../demo/page/serve.py", import.meta.url));

for (const tls of [false, true]) {
  story(`the demo page connects, drops, resumes, reloads and ends over ${tls ? "wss" : "ws"} (S5, C1, C3, F11)`, async () => {
    const gateway = await startGateway();
    // Any origin may connect here: which port the page gets is known only after the proxy has started.
    const proxy = await startProxy(gateway, { tls, env: { PROXY_REFUSALS: "close" } });
    const [address] = await start(server, ["0", proxy, FUNCTION], {}, /http:\S+/);
    const page = await openPage(address, { viewport: { width: 1120, height: 880 } });
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    const reads = (selector, text) => until(`${selector} to say ${text}`, async () => (await page.textContent(selector)).includes(text));
    const note = "#id-note";

    await page.click("#connect");
    await reads("#state", "connected");
    await reads("#protocol", "x-nv-sessionid.");
    const id = await until("a request id", async () => (await page.textContent("#request-id")).match(/^[0-9a-f-]{36}$/)?.[0]);
    await page.fill("#text", "over the whole way");
    await page.click("#send");
    await reads("#log", "over the whole way  (echo after");
    await reads("#round-trip", "ms");
    await until("a heartbeat", async () => Number(await page.textContent("#heartbeats")) > 0);

    await page.click("#drop");
    await reads("#state", "dropped");
    await page.click("#resume");
    await reads(note, "the same session");
    assert.equal(await page.textContent("#request-id"), id);
    if (!tls && process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });

    await page.reload();
    await reads(note, "the same session");
    assert.equal(await page.textContent("#request-id"), id);

    await page.click("#end");
    await reads("#state", "ended");
    await page.click("#connect");
    await reads("#state", "connected");
    await until("another request id", async () => {
      const now = await page.textContent("#request-id");
      return now !== id && /^[0-9a-f-]{36}$/.test(now);
    });
    assert.deepEqual(errors, []);
  });
}
