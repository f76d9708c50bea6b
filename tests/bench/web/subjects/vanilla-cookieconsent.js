/** vanilla-cookieconsent with the three categories of the page; everything else as it comes. */
CookieConsent.run({
  // A browser that is driven looks like one.
  hideFromBots: false,
  guiOptions: { consentModal: { layout: "bar", position: "bottom", equalWeightButtons: true } },
  categories: { required: { enabled: true, readOnly: true }, functional: {}, advertising: {} },
  language: {
    default: "en",
    translations: {
      en: {
        consentModal: {
          title: "We use cookies",
          description: "Required cookies keep this site working. With your consent we also use functional and advertising cookies.",
          acceptAllBtn: "Accept all",
          acceptNecessaryBtn: "Reject all",
          showPreferencesBtn: "Preferences",
        },
        preferencesModal: {
          title: "Cookie preferences",
          acceptAllBtn: "Accept all",
          acceptNecessaryBtn: "Reject all",
          savePreferencesBtn: "Save choices",
          closeIconLabel: "Close",
          sections: [
            { title: "Required", description: "Needed for the site to work.", linkedCategory: "required" },
            { title: "Functional", description: "Remember your settings.", linkedCategory: "functional" },
            { title: "Advertising", description: "Show advertising that fits.", linkedCategory: "advertising" },
          ],
        },
      },
    },
  },
});
