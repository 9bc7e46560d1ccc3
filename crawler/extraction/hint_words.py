# ruff: noqa: E501 - one line per hint reads best
"""Data: words of class names, ids, roles and itemprops, in the tongues templates use.

One line per hint: its name, then the words. A word ending in "*" is a prefix.
"""

LEXICON = """
body articlebody storybody entrycontent articlecontent postcontent bodytext maincontent textbody articletext storycontent newscontent newstext articlewrap storytext singlecontent postbody bodycontent bodycopy contentbody articlemain richtext artikeltext textoartigo cuerpo cuerponoticia noticiacontenido contenidonoticia texte corpoarticolo corpo inhalt tekst leipateksti brodtext brödtext tresc zoneselection
article article artikel articolo articulo articles story stories post entry hentry news noticia nota nachricht haber berita materia wpis publication beitrag
content content contents contenido contenu conteudo contenuto main primary innhold sisalto hauptinhalt
text text texts copy paragraph paragraphs paragraf absatz para prose richtext wysiwyg
lead lead lede intro introtext standfirst summary abstract excerpt teasertext dek deck subtitle subheadline subhead subheading chapo chapeau entradilla bajada resumen sumario sommario ingress ingres manchet anons sapo kicker vorspann description descripcion sousTitre occhiello catenaccio underrubrik subtitulo dachzeile perex
title title titles headline heading headings titre titulo titel titolo rubrik otsikko overskrift header1 h1 tytul nadpis
caption caption captions figcaption legend bildunterschrift bildtext imgtext imagecaption leyenda epigrafe didascalia legende pie piefoto photocaption wpcaption cutline bildbeschreibung
credit credit credits copyright photocredit imagecredit attribution fotograf photographer bildquelle creditline courtesy copyrights source quelle
byline byline bylines author authors auteur autor autoren autore autori autorin writer contributor contributors contributorname verfasser firma redaktor schreiber reporter journalist skribent authorname vcard
authorbox bio authorbio biography authorbox aboutauthor authorinfo authorcard authorprofile autorenbox abouttheauthor authordescription contributorbio
meta meta metadata metas postmeta entrymeta articlemeta info infos details postinfo published publish pubdate timestamp time datetime updated lastupdated lastmodified readtime readingtime minread stand
date date dates dateline fecha datum data
related related relacionad* relatedposts relatedarticles relatedcontent relatedstories relatedlinks readmore moreon moreonthis seealso alsoread readalso similar verwandt* weiterlesen mehr mehrzum lireaussi alire leggianche leesook recommended recommend recommendation recommendations recommendedstories recirc recirculation outbrain taboola zergnet revcontent mgid plista youmaylike youmightlike yarpp jprelatedposts jprp morefrom morestories morenews moreposts morelike nextarticle nextpost prevpost prevnext postnavigation upnext suggested suggestions crosslink crosslinks linkbox furtherreading entdecken empfehlung* teaserliste sehenaswell leiatambem vejatambem saibamais lesen lesetipp aufmacher linklist
teaser teaser teasers promo promos promobox card cards tile tiles thumb thumbs thumbnail listing feed latest trending popular mostread mostpopular mostviewed toplist headlines newsticker ticker ranking topstories bestof carousel slider swiper slick slideshow
list list lists listing collection items archive archives
share share shares sharing social socials sharebar sharebuttons sharetools sharedaddy addthis addtoany sharethis facebook twitter whatsapp telegram linkedin pinterest follow followus sociallinks socialmedia teilen partager compartir condividi udostepnij paylas
comment comment comments commentlist commentarea disqus kommentar* comentario* commentaires commenti reacties komentar* respond discussion livefyre coral feedback forum
ad ad ads adv advert advertise advertisement advertisements advertising anzeige anzeigen werbung publicidad publicite pubblicita reklama reklame reklam adsense adslot adunit adbox adcontainer adwrapper adplaceholder sponsor sponsored sponsors sponsoring banner banners dfp gpt googlead ads1 adsbygoogle advertorial annonce commercial partner
nav nav navbar navigation navi menu menus submenu breadcrumb breadcrumbs crumbs topbar megamenu mainmenu hamburger toolbar tabs tab pagination pager paging pagenav skip sitemap offcanvas dropdown
footer footer foot colophon bottom siteinfo footnav impressum endofarticle
header header masthead head sitehead siteheader topheader branding logo
sidebar sidebar aside rail rightrail rightcol rightcolumn leftcol leftcolumn leftrail secondary marginal widgetarea seitenleiste barralateral complementary
widget widget widgets module plugin box infobox factbox infokasten kasten faktenbox faktabox zusatzinfo facts
newsletter newsletter newsletters signup subscribe subscription subscriptions abo abonnement subscriber optin mailchimp emailsignup mailinglist suscri* inscription anmeldung piano
donate donate donation donations donar spende spenden support supportus membership contribute membro fundrais*
paywall paywall premium regwall subscribewall meter locked lock plus abobox registration restricted paid
consent consent cookie cookies gdpr cmp onetrust otsdk privacy didomi sourcepoint cookiebot usercentrics quantcast trustarc iubenda borlabs banner
popup popup modal overlay lightbox dialog tooltip toast drawer
tags tag tags taglist tagcloud keywords keyword topics topic themen thema categories category cat temas tagy etiquetas schlagworte schlagwort terms labels label rubrica
video video videos player jwplayer videoplayer brightcove youtube vimeo mediaplayer audio audioplayer podcast podcasts listen
image image images img picture pictures photo photos foto fotos figure bild bilder gallery galleries galerie galeria fotogaleria photogallery fotostrecke bildergalerie media imageblock
quote quote quotes blockquote pullquote zitat citation quotation cita
table table tables tabular chart charts datawrapper stats statistics scoreboard standings score
embed embed embeds embedded tweet twittertweet instagram instagrammedia oembed iframe socialembed
tools tools tool actions action buttons button btn print printer email fontsize textsize bookmark save controls utility utils icons
correction correction corrections editorsnote editornote updatenote erratum clarification hinweis
disclaimer disclaimer legal terms disclosure copyright rights impressum imprint trust
live live liveblog liveticker timeline updates
hidden hidden hide invisible visuallyhidden sronly screenreadertext screenreader srtext offscreen dnone noscript printonly
related2 inarticlelink inlinepromo inlinerelated inlinelink relatedinline embedrecirc incontent interstitial
search search suche buscar recherche
login login signin account profile userbar user register
job job jobs stellenmarkt immobilien dating shop shopping deal deals coupon coupons affiliate product products
weather weather wetter marketdata stocks quotes horoscope
"""
