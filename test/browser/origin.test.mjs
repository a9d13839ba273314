// With `allowed_origins` set, a page of any other origin gets nothing, and the gateway never hears of it (C6).
import assert from "node:assert/strict";
import { connect, openPage, request, startGateway, startOrigin, startProxy, story } from "./world.mjs";

for (const tls of [false, true]) {
  story(`a page of an origin that is not allowed gets nothing over ${tls ? "wss and https" : "ws and http"} (C6)`, async () => {
    const gateway = await startGateway({ tls });
    const allowed = await startOrigin();
    const proxy = await startProxy(gateway, { tls, env: { PROXY_ALLOWED_ORIGINS: allowed } });
    // The same machine and name, another port: another origin.
    const stranger = await openPage(await startOrigin());

    const closed = await connect(stranger, proxy);
    assert.deepEqual([closed.opened, closed.code], [false, 1006], JSON.stringify(closed));
    for (const options of [{}, { method: "POST", body: "x" }, { method: "DELETE" }, { headers: { "x-of-the-page": "1" } }]) {
      const answer = await request(stranger, proxy, options);
      assert.ok(answer.error, `${JSON.stringify(options)} read ${JSON.stringify(answer)}`);
    }
    assert.deepEqual(await stranger.context().cookies(proxy.replace(/^ws/, "http")), []);
    assert.deepEqual((await gateway.report()).requests, []);

    // The same steps from the allowed origin work, so it was the origin that was refused.
    const page = await openPage(allowed);
    assert.ok((await connect(page, proxy)).greeting);
    assert.equal((await gateway.report()).requests.length, 1);
  });
}
