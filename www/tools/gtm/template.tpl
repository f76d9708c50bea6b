___TERMS_OF_SERVICE___

By creating or modifying this file you agree to Google Tag Manager's Community
Template Gallery Developer Terms of Service available at
https://developers.google.com/tag-manager/gallery-tos (or such other URL as
Google may provide), as modified from time to time.


___INFO___

{
  "type": "TAG",
  "id": "cvt_temp_public_id",
  "version": 1,
  "securityGroups": [],
  "displayName": "Consentry consent",
  "categories": [
    "TAG_MANAGEMENT",
    "PERSONALIZATION",
    "UTILITY"
  ],
  "brand": {
    "id": "consentry",
    "displayName": "Consentry"
  },
  "description": "Tells Google's tags, and every tag with consent checks, what the visitor has chosen in Consentry. Fire it on Consent Initialization, DOM Ready and Window Loaded.",
  "containerContexts": [
    "WEB"
  ]
}


___TEMPLATE_PARAMETERS___

[
  {
    "type": "GROUP",
    "name": "mapping",
    "displayName": "Which category each consent type follows",
    "groupStyle": "ZIPPY_OPEN",
    "subParams": [
      {
        "type": "TEXT",
        "name": "ad_storage",
        "displayName": "ad_storage",
        "simpleValueType": true,
        "defaultValue": "advertising",
        "help": "The identifier of a category of your policy.",
        "valueValidators": [
          {
            "type": "REGEX",
            "args": [
              "^[a-z][a-z0-9_]{0,15}$"
            ],
            "errorMessage": "A category is written in small letters, digits and _."
          }
        ]
      },
      {
        "type": "TEXT",
        "name": "ad_user_data",
        "displayName": "ad_user_data",
        "simpleValueType": true,
        "defaultValue": "advertising",
        "help": "The identifier of a category of your policy.",
        "valueValidators": [
          {
            "type": "REGEX",
            "args": [
              "^[a-z][a-z0-9_]{0,15}$"
            ],
            "errorMessage": "A category is written in small letters, digits and _."
          }
        ]
      },
      {
        "type": "TEXT",
        "name": "ad_personalization",
        "displayName": "ad_personalization",
        "simpleValueType": true,
        "defaultValue": "advertising",
        "help": "The identifier of a category of your policy.",
        "valueValidators": [
          {
            "type": "REGEX",
            "args": [
              "^[a-z][a-z0-9_]{0,15}$"
            ],
            "errorMessage": "A category is written in small letters, digits and _."
          }
        ]
      },
      {
        "type": "TEXT",
        "name": "analytics_storage",
        "displayName": "analytics_storage",
        "simpleValueType": true,
        "defaultValue": "advertising",
        "help": "The identifier of a category of your policy.",
        "valueValidators": [
          {
            "type": "REGEX",
            "args": [
              "^[a-z][a-z0-9_]{0,15}$"
            ],
            "errorMessage": "A category is written in small letters, digits and _."
          }
        ]
      },
      {
        "type": "TEXT",
        "name": "functionality_storage",
        "displayName": "functionality_storage",
        "simpleValueType": true,
        "defaultValue": "functional",
        "help": "The identifier of a category of your policy.",
        "valueValidators": [
          {
            "type": "REGEX",
            "args": [
              "^[a-z][a-z0-9_]{0,15}$"
            ],
            "errorMessage": "A category is written in small letters, digits and _."
          }
        ]
      },
      {
        "type": "TEXT",
        "name": "personalization_storage",
        "displayName": "personalization_storage",
        "simpleValueType": true,
        "defaultValue": "functional",
        "help": "The identifier of a category of your policy.",
        "valueValidators": [
          {
            "type": "REGEX",
            "args": [
              "^[a-z][a-z0-9_]{0,15}$"
            ],
            "errorMessage": "A category is written in small letters, digits and _."
          }
        ]
      },
      {
        "type": "TEXT",
        "name": "security_storage",
        "displayName": "security_storage",
        "simpleValueType": true,
        "defaultValue": "required",
        "help": "The identifier of a category of your policy.",
        "valueValidators": [
          {
            "type": "REGEX",
            "args": [
              "^[a-z][a-z0-9_]{0,15}$"
            ],
            "errorMessage": "A category is written in small letters, digits and _."
          }
        ]
      }
    ]
  },
  {
    "type": "GROUP",
    "name": "more",
    "displayName": "More",
    "groupStyle": "ZIPPY_CLOSED",
    "subParams": [
      {
        "type": "TEXT",
        "name": "wait_for_update",
        "displayName": "Milliseconds for tags to wait for an update",
        "simpleValueType": true,
        "defaultValue": "500",
        "valueValidators": [
          {
            "type": "NON_NEGATIVE_NUMBER"
          }
        ]
      },
      {
        "type": "CHECKBOX",
        "name": "ads_data_redaction",
        "checkboxText": "Remove identifiers of clicks on advertisements while ad_storage is denied",
        "simpleValueType": true,
        "defaultValue": true
      },
      {
        "type": "CHECKBOX",
        "name": "url_passthrough",
        "checkboxText": "Carry them in the addresses of your own links instead of in cookies",
        "simpleValueType": true,
        "defaultValue": false
      }
    ]
  }
]


___SANDBOXED_JS_FOR_WEB_TEMPLATE___

// What Consentry decides is passed on to consent mode: denied at first, then one update for each change.
const callInWindow = require('callInWindow');
const copyFromDataLayer = require('copyFromDataLayer');
const copyFromWindow = require('copyFromWindow');
const gtagSet = require('gtagSet');
const JSON = require('JSON');
const makeNumber = require('makeNumber');
const setDefaultConsentState = require('setDefaultConsentState');
const templateStorage = require('templateStorage');
const updateConsentState = require('updateConsentState');

const TYPES = [
  'ad_storage', 'ad_user_data', 'ad_personalization', 'analytics_storage',
  'functionality_storage', 'personalization_storage', 'security_storage'
];

const statesOf = (grants) => {
  const states = {};
  TYPES.forEach((type) => {
    states[type] = grants[data[type]] === true ? 'granted' : 'denied';
  });
  return states;
};

// The same state twice is not said twice, whichever trigger fired.
const tell = (grants) => {
  const states = statesOf(grants);
  const text = JSON.stringify(states);
  if (templateStorage.getItem('said') !== text) {
    templateStorage.setItem('said', text);
    updateConsentState(states);
  }
};

if (copyFromDataLayer('event') === 'gtm.init_consent') {
  gtagSet({
    ads_data_redaction: data.ads_data_redaction === true,
    url_passthrough: data.url_passthrough === true
  });
  const states = statesOf({ required: true });
  templateStorage.setItem('said', JSON.stringify(states));
  const wait = makeNumber(data.wait_for_update);
  if (wait > 0) states.wait_for_update = wait;
  setDefaultConsentState(states);
}

// An asynchronous gate may come later than the container: then a later trigger finds it.
if (copyFromWindow('consentry.get')) {
  tell(callInWindow('consentry.get') || {});
  if (!templateStorage.getItem('listening')) {
    templateStorage.setItem('listening', true);
    callInWindow('consentry.on', 'change', tell);
  }
}

data.gtmOnSuccess();


___WEB_PERMISSIONS___

[
  {
    "instance": {
      "key": {
        "publicId": "access_globals",
        "versionId": "1"
      },
      "param": [
        {
          "key": "keys",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "key"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  },
                  {
                    "type": 1,
                    "string": "execute"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "consentry.get"
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": false
                  },
                  {
                    "type": 8,
                    "boolean": true
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "key"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  },
                  {
                    "type": 1,
                    "string": "execute"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "consentry.on"
                  },
                  {
                    "type": 8,
                    "boolean": false
                  },
                  {
                    "type": 8,
                    "boolean": false
                  },
                  {
                    "type": 8,
                    "boolean": true
                  }
                ]
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "access_consent",
        "versionId": "1"
      },
      "param": [
        {
          "key": "consentTypes",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "consentType"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "ad_storage"
                  },
                  {
                    "type": 8,
                    "boolean": false
                  },
                  {
                    "type": 8,
                    "boolean": true
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "consentType"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "ad_user_data"
                  },
                  {
                    "type": 8,
                    "boolean": false
                  },
                  {
                    "type": 8,
                    "boolean": true
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "consentType"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "ad_personalization"
                  },
                  {
                    "type": 8,
                    "boolean": false
                  },
                  {
                    "type": 8,
                    "boolean": true
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "consentType"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "analytics_storage"
                  },
                  {
                    "type": 8,
                    "boolean": false
                  },
                  {
                    "type": 8,
                    "boolean": true
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "consentType"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "functionality_storage"
                  },
                  {
                    "type": 8,
                    "boolean": false
                  },
                  {
                    "type": 8,
                    "boolean": true
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "consentType"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "personalization_storage"
                  },
                  {
                    "type": 8,
                    "boolean": false
                  },
                  {
                    "type": 8,
                    "boolean": true
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "consentType"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "security_storage"
                  },
                  {
                    "type": 8,
                    "boolean": false
                  },
                  {
                    "type": 8,
                    "boolean": true
                  }
                ]
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "write_data_layer",
        "versionId": "1"
      },
      "param": [
        {
          "key": "keyPatterns",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 1,
                "string": "ads_data_redaction"
              },
              {
                "type": 1,
                "string": "url_passthrough"
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "read_data_layer",
        "versionId": "1"
      },
      "param": [
        {
          "key": "allowedKeys",
          "value": {
            "type": 1,
            "string": "specific"
          }
        },
        {
          "key": "keyPatterns",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 1,
                "string": "event"
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "access_template_storage",
        "versionId": "1"
      },
      "param": []
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  }
]


___TESTS___

scenarios:
- name: Before Consentry is there everything but security is denied
  code: |-
    mock('copyFromDataLayer', 'gtm.init_consent');
    mock('copyFromWindow', undefined);
    runCode(mockData);
    assertApi('setDefaultConsentState').wasCalled();
    assertApi('updateConsentState').wasNotCalled();
    assertApi('gtmOnSuccess').wasCalled();
setup: |-
  const mockData = {
    ad_storage: 'advertising', ad_user_data: 'advertising', ad_personalization: 'advertising',
    analytics_storage: 'advertising', functionality_storage: 'functional',
    personalization_storage: 'functional', security_storage: 'required', wait_for_update: '500'
  };


___NOTES___

Recipe and triggers: docs/integrations/google-tag-manager.md of Consentry.
