// A browser hides from scripts why a WebSocket was refused; with `refusals: close` the close event says it (F11).
import assert from "node:assert/strict";
import { OTHER_FUNCTION, connect, openPage, startGateway, startOrigin, startProxy, story } from "./world.mjs";

const close = { PROXY_REFUSALS: "close" };

story("a function that is not allowed closes with 4403 and its reason (F3, F11)", async () => {
  const gateway = await startGateway();
  const page = await openPage(await startOrigin());
  const proxy = await startProxy(gateway, { env: close });

  const closed = await connect(page, proxy, ["x-nv-sessionid.abc", `function-id.${OTHER_FUNCTION}`]);
  assert.deepEqual([closed.opened, closed.code], [true, 4403], JSON.stringify(closed));
  assert.ok(closed.reason.length > 10, closed.reason);
  assert.deepEqual((await gateway.report()).requests, []);
});

story("no free worker closes with 4504 over wss too (F11, S13)", async () => {
  const gateway = await startGateway({ tls: true, options: ["--workers", "1", "--worker-timeout", "100ms"] });
  const proxy = await startProxy(gateway, { tls: true, env: close });
  const first = await openPage(await startOrigin());
  assert.ok((await connect(first, proxy)).greeting);

  const second = await openPage(await startOrigin());
  const closed = await connect(second, proxy);
  assert.deepEqual([closed.opened, closed.code], [true, 4504], JSON.stringify(closed));
});

story("a key that the gateway does not know closes with 4401 (F11)", async () => {
  const gateway = await startGateway();
  const page = await openPage(await startOrigin());
  const closed = await connect(page, await startProxy(gateway, { env: { ...close, NVCF_API_KEY: "nvapi-unknown" } }));
  assert.deepEqual([closed.opened, closed.code], [true, 4401], JSON.stringify(closed));
});

story("a gateway that is down closes with 4502 and says which side failed (F11)", async () => {
  const page = await openPage(await startOrigin());
  const closed = await connect(page, await startProxy({ server: "http://127.0.0.1:1" }, { env: close }));
  assert.deepEqual([closed.opened, closed.code], [true, 4502], JSON.stringify(closed));
});

story("without it, the same refusals are the 1006 of every browser (F11)", async () => {
  const gateway = await startGateway();
  const page = await openPage(await startOrigin());
  const closed = await connect(page, await startProxy(gateway), [`function-id.${OTHER_FUNCTION}`]);
  assert.deepEqual([closed.opened, closed.code], [false, 1006], JSON.stringify(closed));
});
