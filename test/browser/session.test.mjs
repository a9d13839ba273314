// A browser's session through the proxy: opened, resumed after a reload, and ended, over ws and over wss. Over wss the page
// is of another site too (127.0.0.1, not localhost), where only a cookie that says SameSite=None comes back.
import assert from "node:assert/strict";
import { FUNCTION, connect, end, openPage, startGateway, startOrigin, startProxy, story, until } from "./world.mjs";

const ways = [
  { scheme: "ws", tls: false, host: "localhost", cookie: { sameSite: "Lax", secure: false } },
  { scheme: "wss", tls: true, host: "127.0.0.1", cookie: { sameSite: "None", secure: true } },
];

for (const { scheme, tls, host, cookie } of ways) {
  story(`a page of another origin resumes its session after a reload over ${scheme} (C1, F1, F4, S5)`, async () => {
    const gateway = await startGateway({ tls });
    const proxy = await startProxy(gateway, { tls });
    const page = await openPage(await startOrigin(host));

    const first = await connect(page, proxy);
    assert.equal(first.protocol, "x-nv-sessionid.abc", JSON.stringify(first));
    const id = first.greeting.session;
    assert.match(id, /^[0-9a-f-]{36}$/);

    const kept = await page.context().cookies(proxy.replace(/^ws/, "http"));
    assert.deepEqual(kept.map(({ name, value }) => [name, value]), [["nvcf-request-id", id]]);
    assert.equal(kept[0].httpOnly, true);
    assert.equal(kept[0].path, "/");
    assert.equal(kept[0].sameSite, cookie.sameSite);
    assert.equal(kept[0].secure, cookie.secure);

    await page.reload();
    const second = await connect(page, proxy);
    assert.equal(second.greeting?.session, id, `after the reload: ${JSON.stringify(second)}`);

    const { requests, sessions } = await gateway.report();
    assert.deepEqual(requests.map(({ status, resumed }) => [status, resumed]), [[101, false], [101, true]]);
    assert.equal(sessions.length, 1);
    for (const { headers } of requests) {
      const all = (name) => headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
      assert.deepEqual(all("authorization"), ["Bearer nvapi-browser-test"]);
      assert.deepEqual(all("function-id"), [FUNCTION]);
      assert.deepEqual(all("sec-websocket-protocol"), ["x-nv-sessionid.abc"]);
    }
  });

  story(`a page that is done gives its worker back, and the next session is a new one over ${scheme} (S4, C3)`, async () => {
    const gateway = await startGateway({ tls });
    const proxy = await startProxy(gateway, { tls });
    const page = await openPage(await startOrigin(host));

    const first = await connect(page, proxy);
    assert.equal(await end(page), 1000);
    await until("the worker to be released", async () => (await gateway.report()).sessions[0].state === "released");
    assert.equal((await gateway.report()).sessions[0].ends[0].client.close_code, 1000);

    // The browser still has the cookie of the session that is gone; the proxy heals that.
    const second = await connect(page, proxy);
    assert.match(second.greeting?.session ?? JSON.stringify(second), /^[0-9a-f-]{36}$/);
    assert.notEqual(second.greeting.session, first.greeting.session);
  });
}

story("a page that offers no protocol is connected all the same (F4)", async () => {
  const gateway = await startGateway();
  const page = await openPage(await startOrigin());
  const opened = await connect(page, await startProxy(gateway), []);
  assert.equal(opened.protocol, "", JSON.stringify(opened));
  assert.ok(opened.greeting.session);
});

story("a page that offers nothing for the function gets one of its own offers, but not the secret (F4, A2)", async () => {
  const gateway = await startGateway();
  const page = await openPage(await startOrigin());
  const opened = await connect(page, await startProxy(gateway), ["authorization.tok", `function-id.${FUNCTION}`]);
  assert.equal(opened.protocol, `function-id.${FUNCTION}`, JSON.stringify(opened));
});
