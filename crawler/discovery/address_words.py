"""The words of addresses that tell articles from other pages: data only, many languages."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Pages that list, sell, explain or play: never an article when one of these is a whole segment.
LISTS = _words(
    """
    tag tags topic topics topik thema themen theme themes tema temas temi sujet sujets dossier
    dossiers hashtag keyword keywords etiqueta etiquetas etiket author authors autor autores auteur
    auteurs autori autore yazar yazarlar contributor contributors columnist columnists profile
    profiles profil user users member members people person staff team bio byline journalist
    journalists reporter reporters category categories kategorie kategori kategoria categoria
    categorias categorie section sections rubrik rubrique rubriques seccion secciones sezione
    channel channels kanal series serie collection collections archive archives archiv archivo
    arquivo arsip index sitemap search suche recherche buscar busca cerca ara zoeken sok szukaj page
    pages pagina seite label hub
    """
)
MEDIA = _words(
    """
    video videos vid tv webtv watch clip clips vidio gallery galleries galerie galeri galeria
    galerias galerija photo photos foto fotos fotostrecke fotogalerie fotogaleria fotogalleria
    fotogaleri photogallery photoessay photo-gallery picture pictures pics diaporama diaporamas
    slideshow slideshows slidelist slideshowlist videoshow videolist photostory photolist image
    images bildergalerie bilder bilderstrecke mediathek podcast podcasts audio radio listen
    livestream live-stream live-tv stream player playlist show shows episode episodes program
    programs programme programmes cartoon cartoons comic comics quiz quizzes poll polls game games
    puzzle puzzles crossword crosswords sudoku interactive multimedia ytvideo reels shorts webcam
    webcams livecam
    """
)
SERVICE = _words(
    """
    about about-us aboutus ueber-uns a-propos quienes-somos chi-siamo over-ons hakkimizda tentang
    contact contacts contact-us contactus kontakt contacto contatti contato iletisim kontak
    impressum imprint mentions-legales legal legals aviso-legal privacy privacy-policy privacypolicy
    datenschutz privacidad confidentialite terms terms-of-use terms-of-service tos agb
    terms-and-conditions cookie cookies cookie-policy policies policy disclaimer copyright login
    log-in logout signin sign-in signup sign-up register registration registrieren anmelden konto
    account accounts my-account myaccount user-account mypage iniciar-sesion subscribe subscription
    subscriptions subscriber subscribers abo abonnement abonnieren abonner abonnements suscripcion
    suscribete abbonati donate donation donations donors donor give support support-us membership
    memberships join sponsor sponsors sponsored sponsorship advertise advertising advertisement
    advertorial ads adv werbung publicite publicidad mediakit media-kit mediadaten partner partners
    partnership partnerships promo promos promotion promotions branded brandstudio brand-studio
    advertiser newsletter newsletters news-letter email emails alert alerts notifications rss feed
    feeds atom xml app apps mobile download downloads help faq faqs hilfe ayuda aide support-center
    feedback careers career jobs job vacancies stellen stellenmarkt emploi empleo empleos
    work-with-us employment recruitment shop store boutique tienda coupons coupon vouchercodes
    voucher vouchers deals rabattcodes gutscheine codes-promo reviews-guide bestcovery classifieds
    classified anzeigen petitesannonces immobilien immobilier realestate real-estate-listings autos
    cars obituaries obituary avisos-de-defuncion traueranzeigen dating horoscope horoscopes horoskop
    horoscopo weather wetter meteo tiempo clima cuaca hava-durumu traffic radar lottery loterie
    tv-guide tvguide tv-programm fernsehprogramm programacion schedule schedules calendar kalender
    events event veranstaltungen agenda directory directories listings contests contest giveaway
    print edition e-paper epaper e-edition eedition digital-edition newspaper kiosk kiosko issue
    issues magazine-issue forum forums foro community comments comment kommentare commentaires
    reactions share sharer send mail mailto print-page printer corrections ethics masthead
    editorial-guidelines code-of-ethics accessibility site services service servicios servizi extras
    tools tool widget widgets cart checkout order basket gift gifts reprints licensing permissions
    press press-releases pressroom publicnotices public-notices notices internal ajax api cgi-bin
    wp-admin wp-login preferences settings my-news saved bookmarks scoreboard scores standings
    fixtures results tables teams players odds price prices quote quotes stock stocks markets-data
    market-data currency currencies rates calculator
    """
)
# Segments that publishers put before an article's own name or number.
ARTICLE = _words(
    """
    article articles articleshow articulo articulos artigo artigos articolo articoli artikel
    artikels artikler artykul story stories storyid nota notas noticia noticias notizia notizie read
    news-story post posts node content detail details detay haber haberi view single entry blogpost
    releases release cnt content-detail newsdetail news-detail breakingnews paper p a n s meldung
    nachricht nieuws archives-post id show_article showarticle
    """
)
DESKS = _words(
    """
    news politics politik politique politica politiek polityka siyaset world welt monde mundo mondo
    business economy wirtschaft economie economia ekonomi sport sports deportes esportes opinion
    opinions meinung debats commentary culture kultur cultura science sante health tech technology
    technologie local national international nation us uk usa europe asia africa entertainment
    lifestyle life style travel food money finance education environment crime newsfront blogs blog
    magazine features analysis investigations latest breaking
    """
)
# Hosts of other people's platforms: links there are profiles, apps and share buttons.
PLATFORMS = _words(
    """
    twitter x facebook fb instagram youtube youtu linkedin pinterest tiktok reddit tumblr flickr
    whatsapp telegram t snapchat threads bsky mastodon vimeo soundcloud spotify google goo apple
    itunes microsoft amazon amzn paypal patreon medium github wikipedia wordpress blogger blogspot
    feedburner addthis sharethis disqus mailchimp list-manage surveymonkey eventbrite legacy issuu
    scribd bit ow weibo vk line kakao naver ok odnoklassniki flipboard stitcher ballotpedia zendesk
    typeform formstack cargo gannett pressreader newsstand
    """
)
NAVIGATION = _words(
    """
    next prev previous older newer first last more all
    """
)
FILES = _words(
    """
    jpg jpeg png gif webp svg ico css js json xml rss atom pdf doc docx xls xlsx ppt zip mp3 mp4 m4a
    avi mov wav apk exe ics txt
    """
)
PAGES = _words(
    """
    html htm shtml php asp aspx jsp do cms ece story stm cfm xhtml dhtml phtml
    """
)
EMPTY_NAMES = _words(
    """
    index default home main
    """
)
ID_PARAMETERS = _words(
    """
    p id article articleid article_id aid newsid news_id nid sid storyid story_id idnews id_article
    postid post_id docid no idx itemid contentid seq ncid artid art_id
    """
)
LIST_PARAMETERS = _words(
    """
    page paged s q query search cat category tag author sort filter group section topic f view start
    offset year month replytocom share
    """
)
# Whole segments that rule an article out on a front, however much its link looks like a headline.
NEVER_ARTICLES = _words(
    """
    video videos videoshow ytvideo webtv videoclip gallery galleries galerie galerien galeria
    galerias galeri galerija photogallery photo-gallery photogalleries fotogalerie fotogaleria
    fotogalleria fotogaleri fotostrecke fotostrecken bildergalerie bildergalerien bilderstrecke
    diaporama diaporamas slideshow slideshows slidelist slideshowlist podcast podcasts livestream
    live liveblog live-blog liveticker live-ticker en-direct en-vivo envivo ao-vivo canli-yayin
    sponsored sponsored-content sponsoredcontent partner-content partnercontent paid-content
    paidcontent paid-post advertorial advertorials brandstudio brand-studio branded-content author
    authors autor autoren autores auteur auteurs autore yazar yazarlar tag tags hashtag topic topics
    thema themen etiqueta etiquetas search login signin register subscribe newsletters profile
    profiles user users crossword crosswords sudoku horoscope horoscopes horoskop horoscopo
    vouchercodes coupons gutscheine codes-promo
    """
)
