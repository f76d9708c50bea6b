/** A small library in the manner of a Google tag: reads `dataLayer`, sets first-party cookies, sends one hit per `config` and `event`. */
(function () {
  var self = new URL(document.currentScript.src);
  var layer = (window.dataLayer = window.dataLayer || []);
  var consent = { ad_storage: "granted", analytics_storage: "granted" };
  var measured = self.searchParams.get("id");
  (window.__ran = window.__ran || []).push(self.host + self.pathname + self.search);

  function cookie(name, value) {
    var found = document.cookie.split("; ").find(function (pair) { return pair.startsWith(name + "="); });
    if (found) return found.slice(name.length + 1);
    document.cookie = name + "=" + value + "; Path=/; Max-Age=63072000; SameSite=Lax";
    return value;
  }

  function send(name) {
    var query = new URLSearchParams({ v: "2", tid: measured, en: name, dl: location.origin + location.pathname });
    // As with the real one: a refused storage still sends a ping, without a client id.
    query.set("gcs", "G1" + (consent.ad_storage === "granted" ? 1 : 0) + (consent.analytics_storage === "granted" ? 1 : 0));
    if (consent.analytics_storage === "granted") {
      query.set("cid", cookie("_ga", "GA1.1." + Math.floor(Math.random() * 1e9) + "." + Math.floor(Date.now() / 1000)));
      cookie("_ga_DEMO", "GS1.1." + Math.floor(Date.now() / 1000));
    }
    fetch(self.origin + "/g/collect?" + query, { method: "POST", mode: "no-cors", credentials: "include", keepalive: true })
      .catch(function () { /* an analytics hit that is lost is lost */ });
  }

  function obey(command) {
    if (command[0] === "consent") Object.assign(consent, command[2]);
    if (command[0] === "config") send("page_view");
    if (command[0] === "event") send(command[1]);
  }

  var push = layer.push;
  layer.push = function () {
    var length = push.apply(layer, arguments);
    Array.prototype.forEach.call(arguments, obey);
    return length;
  };
  layer.slice().forEach(obey);
})();
