/** tarteaucitron with the three categories of the page, as services of its own; otherwise as its guide has it. */
tarteaucitron.init({
  privacyUrl: "/cookies.html",
  bodyPosition: "top",
  orientation: "bottom",
  groupServices: true,
  showAlertSmall: false,
  cookieslist: false,
  showIcon: false,
  adblocker: false,
  DenyAllCta: true,
  AcceptAllCta: true,
  highPrivacy: true,
  removeCredit: true,
  moreInfoLink: true,
  mandatory: true,
  googleConsentMode: false,
  bingConsentMode: false,
  pianoConsentMode: false,
});
addEventListener("tac.root_available", () => {
  for (const [key, type] of [["shop", "other"], ["film", "video"], ["adverts", "ads"]]) {
    tarteaucitron.services[key] = { key, type, name: key, needConsent: key !== "shop", cookies: [], js() {}, fallback() {} };
  }
});
tarteaucitron.job = ["shop", "film", "adverts"];
