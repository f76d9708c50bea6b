/** Orejime with the three categories of the page; everything else as it comes. */
window.orejimeConfig = {
  privacyPolicyUrl: "/cookies.html",
  purposes: [
    { id: "required", title: "Required", description: "Needed for the site to work.", cookies: [], isMandatory: true },
    { id: "functional", title: "Functional", description: "Remember your settings.", cookies: ["_vid"] },
    { id: "advertising", title: "Advertising", description: "Show advertising that fits.", cookies: ["_adid"] },
  ],
};
