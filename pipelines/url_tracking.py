"""Parameters of an address that say who sent the reader, not what is read. Data only."""

from __future__ import annotations

import re

_TRACKING = """
    __cft__ __eep__ __hsfp __hssc __hstc __s __source __tn__ __twitter_impression
    _branch_match_id _branch_referrer _ga _gac _gcl_aw _gl _guc_consent_skip _hsenc _hsmi _ke
    _kx _openstat _r _se _sp aff_id affid afftrack amp-content amp_analytics amp_device_id
    amp_gsa amp_js_v amp_kit amp_latest_update_time amp_markup amp_tf ampcontent anf_src
    ao_noptimize aqs asc_campaign asc_refurl asc_source at_bbc_team at_campaign at_campaign_type
    at_creation at_custom1 at_custom2 at_custom3 at_custom4 at_format at_link_id at_link_origin
    at_link_type at_medium at_ptr_name at_send_date awc bxid campaign_id campaignid cjevent
    click_id clickid cmp cmp_id cmpid cmpref cn-track cometpageid comm_id cr_cc ctw custom_click
    cvid cx_artpos cx_click cx_experimentid cx_navsource cx_recswidget cx_tag cx_testid
    cx_testvariant cxrecs_s dclid dcmp dgcid dicbo dplnk ecid ef_id elqat elqcampaignid elqtrack
    elqtrackid em_pos email_source emc emci emdi epik esrc euid fb_action_ids fb_action_types
    fb_comment_id fb_ref fb_source fb_xd_fragment fbadid fbclid feedname feedtype
    force_isolation fsrc ftag ftcamp ga_source gaa_at gaa_n gaa_sig gaa_ts gbraid gclid gclsrc
    gdffi gdfms gdftrk gift_token giftcopy gps-source gs_l guccounter guce_referrer
    guce_referrer_sig hash_email hconversion hmb_campaign hmb_medium hmb_source hs_amp hsa_acc
    hsamp hsctatracking hss_channel icid icmp icmpid ico ig_rid igsh igshid im_ref int_campaign
    int_cmp int_content int_medium int_source int_term intcid intcmp intlink irclickid iref
    irgwc isfreemail itid itm_campaign itm_content itm_medium itm_source itm_term ito iwbd
    k_clickid leadsource li_fat_id li_medium li_source link_source lnkd ltcid matomo_campaign
    matomo_cid matomo_content matomo_group matomo_keyword matomo_medium matomo_placement
    matomo_source mbid_src mc_cid mc_eid mc_lc mc_phishing_protection_id mc_tc mcubz migid
    mindbox-click-id mkcid mkevt mkrid mkt_tok mkwid ml_subscriber ml_subscriber_hash
    mobile_redirect module_source moengage_source msclkid mtm_campaign mtm_cid mtm_content
    mtm_group mtm_keyword mtm_medium mtm_placement mtm_source nav_source ncid ncl ncl_amplify
    nl_key nl_src nlid nr_email_referer ns_campaign ns_fee ns_linkname ns_mchannel ns_source
    oc_src ocid oly_anon_id oly_enc_id omnisendcontactid onwardjourney openinapp outputtype
    pagewanted pfmredir piwik_campaign piwik_keyword piwik_kwd pk_campaign pk_cid pk_content
    pk_keyword pk_kwd pk_medium pk_placement pk_source platform_hint post_id_click prmd ptag
    rb_clickid rdt_cid redirectedfrom ref_ ref_src ref_url referer referral referrer reflink
    reflinkid refsrc rf_src rss_campaign rssfeed s_campaign s_cid s_kwcid sc_campaign sc_channel
    sc_cid sc_content sc_country sc_geo sc_llid sc_medium sc_outcome sc_publisher sc_src
    sc_src_cmpid sc_uid scid_src sfmc_activityid sfmc_id sfns sh share_from share_id
    share_intent share_medium share_source share_token shared_from shareid sharesource sharetype
    simplereach_src smclient smconv smid smprod smtyp soc_src soc_trk social_share
    socialmediahandle spjobid spmailingid spref spreportid spuserid sr_share sref srnd ssp_iaba
    ssp_iabi storylink taid tblci tblcid tgt_source tpcc traffic_source trk trkcampaign trkinfo
    tsmclick ttclid twclid twitter_impression twsrc txtlinkid uclick_id ui_source unicorn_secret
    upm_source usqp utmcampaign utmmedium utmsource vero_conv vero_id vgnref vgo_ee vn_source
    wbraid wickedid wickedsource wprss wpsrc wt.mc wt.mc_id wt.zmc wt_cc wt_mc wt_mc_id wt_ref
    wt_zmc wtmc wtrid xing_share xtatc xtcr xtmc xtnp2 xtor xtref yadclid yclid ymclid ymid yptr
    ysclid zanpid
"""
#: Dropped whatever their value: no content system is known to keep an article's identity in them.
TRACKING_NAMES = frozenset(_TRACKING.split())
#: Families of names; the rest of the name is the marketer's own.
TRACKING_PREFIXES = ("utm_", "utm-", "stm_", "at_custom", "hsa_", "mtm_", "matomo_", "oly_")

_CHANNEL = """
    campaign ch cid feature feed_source from medium mod origin partner ref refer s share shared sid
    site_source soc social source spot src via xid
"""
#: Dropped only when the value names a channel: the same names carry identities elsewhere.
CHANNEL_NAMES = frozenset(_CHANNEL.split())
#: Values that name a channel by their first word: "rss", "twitter", "share_btn", "hp-top".
CHANNEL_VALUE = re.compile(
    r"""(?: rss | atom | feeds? | feedburner | feedly | flipboard | google(?:news)? | bing | yahoo
          | facebook | fb | twitter | tw | twtr | linkedin | reddit | whatsapp | telegram
          | pinterest | instagram | threads | bluesky | mastodon | pocket | smartnews | upday
          | newsbreak | apple_?news | taboola | outbrain | tumblr | vk | weibo | wechat
          | e?mail | newsletter | nl | social | socialmedia | sharing | share | shared
          | hp | home | homepage | frontpage | topnews | top_?news | most_?read | mostpopular
          | related | recommended | recirc | push | notification | app | webpush | syndication
          | partner | embed | widget | menu | nav | teaser | ticker
        ) (?: [-_.:|+] [A-Za-z_.:|+-]* )? | rss\w*""",
    re.VERBOSE | re.IGNORECASE,
)
#: Referrals: dropped unless the value could be a number or a hash.
REFERRAL_NAMES = frozenset({"ref", "via", "partner"})
_VIEWS = """
    amp _amp isamp is_amp noamp nomobile mobile_view app_view webview print printable printview
    printmode print-view printerfriendly printer_friendly singlepage single_page
    desktop_view nocache no_cache replytocom
"""
#: Turns a page into its AMP, print or app view; the article stays the same.
VIEW_NAMES = frozenset(_VIEWS.split())
#: The same, where the value tells: ?view=print.
VIEW_VALUE_NAMES = frozenset({"view", "mode", "output", "format", "layout", "action", "display"})
VIEW_VALUES = frozenset({"amp", "print", "printable", "printer", "printerfriendly", "mobile"})
#: One reader's session, never content.
SESSION_NAMES = frozenset({"phpsessid", "jsessionid", "sessionid", "session_id", "cfid", "cftoken"})
