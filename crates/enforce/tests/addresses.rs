//! Addresses of real tags, and the services they belong to.

use consentry_enforce::catalogue::{service_at, service_of_url};

fn found(url: &str) -> Option<&'static str> {
    service_of_url(url).map(|service| service.id)
}

#[test]
fn address_of_a_tag_leads_to_its_service() {
    for (url, id) in [
        ("https://www.googletagmanager.com/gtm.js?id=GTM-ABC123", "google_tag_manager"),
        ("https://www.googletagmanager.com/ns.html?id=GTM-ABC123", "google_tag_manager"),
        ("https://www.googletagmanager.com/gtag/js?id=G-ABC123", "google_analytics"),
        ("https://www.googletagmanager.com/gtag/js?id=AW-123456", "google_ads"),
        ("https://www.googletagmanager.com/gtag/js?id=DC-123456", "google_marketing_platform"),
        ("https://www.google-analytics.com/analytics.js", "google_analytics"),
        ("https://region1.google-analytics.com/g/collect?v=2", "google_analytics"),
        ("https://ssl.google-analytics.com/ga.js", "google_analytics"),
        ("https://stats.g.doubleclick.net/g/collect?v=2", "google_marketing_platform"),
        ("https://googleads.g.doubleclick.net/pagead/viewthroughconversion/123/", "google_ads"),
        ("https://googleads.g.doubleclick.net/pagead/ads?client=ca-pub-1", "google_adsense"),
        ("https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js", "google_adsense"),
        ("https://securepubads.g.doubleclick.net/tag/js/gpt.js", "google_ad_manager"),
        ("https://1234567.fls.doubleclick.net/activityi;src=1", "google_marketing_platform"),
        ("https://ad.doubleclick.net/ddm/trackimp/N1", "google_marketing_platform"),
        ("https://www.google.com/recaptcha/api.js?render=explicit", "recaptcha"),
        ("https://www.gstatic.com/recaptcha/releases/x/recaptcha__en.js", "recaptcha"),
        ("https://www.google.com/maps/embed?pb=!1m18", "google_maps"),
        ("https://maps.googleapis.com/maps/api/js?key=K", "google_maps"),
        ("https://fonts.googleapis.com/css2?family=Inter", "google_fonts"),
        ("https://ajax.googleapis.com/ajax/libs/jquery/3.7.1/jquery.min.js", "google_hosted_libraries"),
        ("https://accounts.google.com/gsi/client", "google_sign_in"),
        ("https://connect.facebook.net/en_US/fbevents.js", "meta_pixel"),
        ("https://connect.facebook.net/signals/config/1?v=2", "meta_pixel"),
        ("https://www.facebook.com/tr?id=1&ev=PageView&noscript=1", "meta_pixel"),
        ("https://connect.facebook.net/de_DE/sdk.js#xfbml=1", "facebook_plugins"),
        ("https://www.facebook.com/v19.0/plugins/post.php?href=x", "facebook_plugins"),
        ("https://www.instagram.com/embed.js", "instagram"),
        ("https://static.ads-twitter.com/uwt.js", "x_ads"),
        ("https://t.co/1/i/adsct?bci=3", "x_ads"),
        ("https://platform.twitter.com/widgets.js", "x_embeds"),
        ("https://snap.licdn.com/li.lms-analytics/insight.min.js", "linkedin_insight"),
        ("https://px.ads.linkedin.com/collect/?pid=1&fmt=gif", "linkedin_insight"),
        ("https://platform.linkedin.com/in.js", "linkedin_plugins"),
        ("https://analytics.tiktok.com/i18n/pixel/events.js?sdkid=C", "tiktok_pixel"),
        ("https://www.tiktok.com/embed.js", "tiktok_embed"),
        ("https://s.pinimg.com/ct/core.js", "pinterest_tag"),
        ("https://assets.pinterest.com/js/pinit.js", "pinterest_widgets"),
        ("https://sc-static.net/scevent.min.js", "snap_pixel"),
        ("https://www.redditstatic.com/ads/pixel.js", "reddit_pixel"),
        ("https://bat.bing.com/bat.js", "microsoft_advertising"),
        ("https://www.clarity.ms/tag/abcdef", "microsoft_clarity"),
        ("https://static.hotjar.com/c/hotjar-123.js?sv=6", "hotjar"),
        ("https://edge.fullstory.com/s/fs.js", "fullstory"),
        ("https://script.crazyegg.com/pages/scripts/0012/3456.js", "crazy_egg"),
        ("https://cdn.mxpnl.com/libs/mixpanel-2-latest.min.js", "mixpanel"),
        ("https://api-js.mixpanel.com/track/?verbose=1", "mixpanel"),
        ("https://cdn.heapanalytics.com/js/heap-1.js", "heap"),
        ("https://cdn.segment.com/analytics.js/v1/KEY/analytics.min.js", "segment"),
        ("https://cdn.optimizely.com/js/123.js", "optimizely"),
        ("https://dev.visualwebsiteoptimizer.com/j.php?a=1", "vwo"),
        ("https://use.typekit.net/abc1def.js", "adobe_fonts"),
        ("https://assets.adobedtm.com/launch-EN123.min.js", "adobe_tags"),
        ("https://mycompany.tt.omtrdc.net/rest/v1/delivery", "adobe_target"),
        ("https://mycompany.sc.omtrdc.net/b/ss/suite/1", "adobe_analytics"),
        ("https://dpm.demdex.net/id?d_visid_ver=5", "adobe_audience_manager"),
        ("https://js.hs-scripts.com/123.js", "hubspot"),
        ("https://munchkin.marketo.net/munchkin.js", "marketo"),
        ("https://pi.pardot.com/pd.js", "pardot"),
        ("https://widget.intercom.io/widget/abc", "intercom"),
        ("https://static.zdassets.com/ekr/snippet.js?key=K", "zendesk"),
        ("https://dynamic.criteo.com/js/ld/ld.js?a=1", "criteo"),
        ("https://s.adroll.com/j/ABC/roundtrip.js", "adroll"),
        ("https://js.adsrvr.org/up_loader.1.1.0.js", "trade_desk"),
        ("https://secure.adnxs.com/px?id=1", "microsoft_monetize"),
        ("https://cdn.taboola.com/libtrc/unip/1/tfa.js", "taboola"),
        ("https://amplify.outbrain.com/cp/obtp.js", "outbrain"),
        ("https://www.youtube.com/embed/abc?rel=0", "youtube"),
        ("https://www.youtube-nocookie.com/embed/abc", "youtube_nocookie"),
        ("https://player.vimeo.com/video/1", "vimeo"),
        ("https://open.spotify.com/embed/track/1", "spotify"),
        ("https://js.stripe.com/v3/", "stripe"),
        ("https://challenges.cloudflare.com/turnstile/v0/api.js", "cloudflare"),
        ("https://static.cloudflareinsights.com/beacon.min.js", "cloudflare_web_analytics"),
        ("https://cdn.cookielaw.org/scripttemplates/otSDKStub.js", "onetrust"),
        ("https://browser.sentry-cdn.com/8.0.0/bundle.min.js", "sentry"),
        ("https://js-agent.newrelic.com/nr-spa.min.js", "new_relic"),
    ] {
        assert_eq!(found(url), Some(id), "{url}");
    }
}

#[test]
fn address_of_nobody_in_the_catalogue_leads_nowhere() {
    for url in [
        "https://www.example.com/gtm.js",
        "https://www.google.com/search?q=x",
        "https://www.facebook.com/somebody",
        "https://t.co/abc",
        "https://s3.amazonaws.com/bucket/file.js",
        "/gtag/js?id=G-1",
        "data:image/gif;base64,R0lGOD",
        "about:blank",
    ] {
        assert_eq!(found(url), None, "{url}");
    }
}

#[test]
fn address_is_understood_as_browsers_do() {
    for url in [
        "//www.googletagmanager.com/gtm.js?id=GTM-1",
        " https://www.googletagmanager.com/gtm.js\n",
        "HTTPS://WWW.GoogleTagManager.COM/gtm.js",
        "https://www.googletagmanager.com.:443/gtm.js",
        "https:\\\\www.googletagmanager.com\\gtm.js",
        "https://user@www.googletagmanager.com?id=GTM-1",
        "https://www.google\ntagmanager.com/gtm.js",
    ] {
        assert_eq!(found(url), Some("google_tag_manager"), "{url:?}");
    }
}

#[test]
fn place_with_a_longer_path_or_host_wins() {
    let at = |host, path| service_at(host, path).map(|service| service.id);
    assert_eq!(at("www.googletagmanager.com", "/gtag/js?id=AW-1"), Some("google_ads"));
    assert_eq!(at("www.googletagmanager.com", "/gtag/js"), Some("google_analytics"));
    assert_eq!(at("www.googletagmanager.com", ""), Some("google_tag_manager"));
    assert_eq!(at("x.g.doubleclick.net", "/"), Some("google_marketing_platform"));
    assert_eq!(at("pubads.g.doubleclick.net", "/"), Some("google_ad_manager"));
}
