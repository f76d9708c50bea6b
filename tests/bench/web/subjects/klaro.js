/** Klaro with the three categories of the page and a button that refuses all; everything else as it comes. */
window.klaroConfig = {
  version: 1,
  elementID: "klaro",
  acceptAll: true,
  translations: {
    en: {
      privacyPolicyUrl: "/cookies.html",
      purposes: { required: "Required", functional: "Functional", advertising: "Advertising" },
    },
  },
  services: [
    { name: "shop", title: "Shop", purposes: ["required"], required: true },
    { name: "video", title: "Video", purposes: ["functional"] },
    { name: "ads", title: "Ads", purposes: ["advertising"] },
  ],
};
