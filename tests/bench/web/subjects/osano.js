/** Osano's cookieconsent asking for consent. It has no categories: it is here for its speed alone. */
window.cookieconsent.initialise({
  type: "opt-in",
  palette: { popup: { background: "#ffffff", text: "#1c2230" }, button: { background: "#1f5a50", text: "#ffffff" } },
  content: { message: "We use cookies.", allow: "Accept all", deny: "Reject all", link: "Preferences", href: "/cookies.html" },
});
