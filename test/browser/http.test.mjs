// What a page of an allowed origin may read by fetch, cookies included: the function's answers and the proxy's own.
import assert from "node:assert/strict";
import { OTHER_FUNCTION, connect, openPage, request, startGateway, startOrigin, startProxy, story } from "./world.mjs";

for (const tls of [false, true]) {
  const scheme = tls ? "https" : "http";

  story(`a fetch with credentials reads a real answer of its session over ${scheme} (C1, C4, F6)`, async () => {
    const gateway = await startGateway({ tls });
    const origin = await startOrigin(tls ? "127.0.0.1" : "localhost");
    const proxy = await startProxy(gateway, { tls, env: { PROXY_ALLOWED_ORIGINS: origin } });
    const page = await openPage(origin);
    const { greeting } = await connect(page, proxy);

    await gateway.fault("echo-head");
    const answer = await request(page, `${proxy}?peer_id=7&version=2`);
    assert.equal(answer.status, 200, JSON.stringify(answer));
    assert.match(answer.text, /^GET \/sign_in\?peer_id=7&version=2 HTTP\/1\.1\r\n/);
    assert.match(answer.text, new RegExp(`nvcf-request-id=${greeting.session}`, "i"));
    // A script sees a header of another origin's answer only where it is exposed by name: `*` does not count with cookies.
    assert.equal(answer.headers["nvcf-reqid"], greeting.session);
  });

  story(`a fetch with credentials reads the proxy's own refusal over ${scheme} (F3, F11, C4)`, async () => {
    const gateway = await startGateway({ tls });
    const origin = await startOrigin();
    const proxy = await startProxy(gateway, { tls, env: { PROXY_ALLOWED_ORIGINS: origin } });
    const page = await openPage(origin);

    const answer = await request(page, proxy, { headers: { "function-id": OTHER_FUNCTION } });
    assert.equal(answer.status, 403, JSON.stringify(answer));
    assert.match(answer.headers["content-type"], /^application\/problem\+json/);
    const problem = JSON.parse(answer.text);
    assert.equal(problem.status, 403);
    assert.ok(problem.title && problem.detail, answer.text);
    assert.deepEqual((await gateway.report()).requests, []);
  });
}

story("a preflight passes and never reaches the gateway (C5)", async () => {
  const gateway = await startGateway();
  const origin = await startOrigin();
  const proxy = await startProxy(gateway, { env: { PROXY_ALLOWED_ORIGINS: origin } });
  const page = await openPage(origin);

  // The method and the header are each enough for the browser to ask first.
  const answer = await request(page, proxy, { method: "DELETE", headers: { "x-nvcf-absorb": "true", "x-of-the-page": "1" } });
  assert.ok(answer.status, JSON.stringify(answer));
  const { requests } = await gateway.report();
  assert.deepEqual(requests.map(({ method }) => method), ["DELETE"]);
  assert.equal(requests[0].headers.find(([name]) => name.toLowerCase() === "x-of-the-page")[1], "1");
});

story("with every origin allowed, a fetch without credentials reads the answer and its headers (C4)", async () => {
  const gateway = await startGateway();
  const proxy = await startProxy(gateway);
  const page = await openPage(await startOrigin());
  await gateway.fault("cookies");

  const answer = await request(page, proxy, { credentials: "omit" });
  assert.equal(answer.status, 200, JSON.stringify(answer));
  assert.match(answer.headers["nvcf-reqid"], /^[0-9a-f-]{36}$/);
});

story("a fetch reads an error of the proxy when the gateway is down (C4, F11)", async () => {
  const origin = await startOrigin();
  const gone = await startOrigin();
  const proxy = await startProxy({ server: gone.replace(/:\d+$/, ":1") }, { env: { PROXY_ALLOWED_ORIGINS: origin } });
  const page = await openPage(origin);

  const answer = await request(page, proxy);
  assert.equal(answer.status, 502, JSON.stringify(answer));
  assert.equal(JSON.parse(answer.text).status, 502);
});
