# ruff: noqa: E501 - prose is not wrapped at code width
"""What the fictional newsrooms of the desk's tests and pictures wrote: data only, all invented.

Each piece: source, minutes before the clock at which it was first seen, minutes since the look
before (None: a first look), headline, body, and more fields. ``edits``: later wordings as (minutes
before the clock, changed fields). ``story`` joins pieces of one event over languages.
"""

from __future__ import annotations

from typing import Any

LEVY_WIRE = (
    "The council of Westhaven voted 23 to 19 on Monday to charge container ships a harbour levy of 4.20 crowns a tonne from April, ending a dispute of three years.\n"
    "Harbour master Ines Calder said the levy would pay for the new breakwater, which engineers put at 310 million crowns.\n"
    "Shipping lines had warned that they would move cargo to Port Ellery. The chamber of commerce said it would study the decision before it went to court.\n"
    "The opposition asked for a recount after two members said their votes had been registered late."
)
LEVY_POST = (
    "After three years of quarrels Westhaven's councillors have agreed to tax container ships by weight, a narrow win for mayor Tobias Renn.\n"
    "The harbour levy passed by four votes shortly before noon. From April each tonne will cost shippers 4.20 crowns, money the town wants for its breakwater.\n"
    '"Nobody likes a bill, but the sea sends one every winter," Renn told reporters on the town hall steps.\n'
    "Port Ellery, forty kilometres down the coast, charges nothing. Its harbour office said it was ready for more cargo."
)
LEVY_POST_EDITED = (
    "After three years of quarrels Westhaven's councillors have agreed to tax container ships by weight, a narrow win for mayor Tobias Renn.\n"
    "The harbour levy passed by four votes shortly before noon. From April each tonne will cost shippers 4.20 crowns, money the town wants for its breakwater.\n"
    '"Nobody likes a bill, but the sea sends one every winter," Renn told reporters on the town hall steps.\n'
    "Port Ellery, forty kilometres down the coast, charges 1.10 crowns a tonne. Its harbour office declined to comment.\n"
    "Correction: An earlier version of this article said that Port Ellery charges nothing. It charges 1.10 crowns a tonne."
)
LEVY_STAR = (
    "Container ships calling at Westhaven will pay a harbour levy of 4.20 crowns a tonne from April, the town council decided on Monday.\n"
    "The vote, 23 to 19, came after a morning of shouting in the public gallery. Dock workers fear for jobs if lines leave for Port Ellery.\n"
    "Ines Calder, the harbour master, said the breakwater could not wait for another winter."
)
FERRY_ONE = (
    "A fire has broken out on the ferry Solveig Nordahl off Cape Lunde with 412 people on board, the coast guard said on Monday.\n"
    "Smoke was reported from the car deck at 13:05. Two rescue vessels and a helicopter are on their way. There was no word on injuries.\n"
    "The ship was bound from Westhaven to the Skarv islands."
)
FERRY_TWO = (
    "All 412 people on board the burning ferry Solveig Nordahl have been brought to safety off Cape Lunde, the coast guard said on Monday.\n"
    "Smoke was reported from the car deck at 13:05 and the fire was under control within the hour. Eleven people were treated for smoke inhalation.\n"
    "The ship was bound from Westhaven to the Skarv islands. Its owner, Lunde Line, said an electric lorry may have caught fire."
)
FERRY_POST = (
    "Flames and thick smoke forced passengers of the ferry Solveig Nordahl into lifeboats off Cape Lunde this afternoon.\n"
    '"We were told to leave everything and climb," said Marit Ose, a teacher travelling with thirty pupils to the Skarv islands.\n'
    "Lunde Line, which runs the route from Westhaven, said the fire began on the car deck. The coast guard sent a helicopter and two vessels."
)
FERRY_BOTE = (
    "Auf der Fähre Solveig Nordahl ist am Montag vor Kap Lunde ein Feuer ausgebrochen. An Bord waren nach Angaben der Küstenwache 412 Menschen.\n"
    "Der Brand entstand auf dem Autodeck. Zwei Rettungsschiffe und ein Hubschrauber sind im Einsatz, Verletzte wurden zunächst nicht gemeldet.\n"
    "Die Reederei Lunde Line teilte mit, die Fähre sei auf dem Weg von Westhaven zu den Skarv-Inseln gewesen."
)
FERRY_JA = (
    "月曜日午後、ルンデ岬沖でフェリー「ソルヴェイグ・ノルダール」の車両甲板から出火した。沿岸警備隊によると、乗客乗員412人が乗っていた。\n"
    "救助船二隻とヘリコプターが現場に向かい、全員の避難が始まった。けが人の有無は分かっていない。\n"
    "船は西港からスカルヴ諸島へ向かう途中だった。"
)
BUDGET = (
    "Finance minister Oda Brekke resigned on Monday, hours before she was due to present the supplementary budget to parliament.\n"
    'In a letter of two paragraphs she said that the figures on pension reserves given to members last month were "not the ones my office had approved".\n'
    "The prime minister accepted the resignation and named the state secretary, Jens Aarup, to lead the ministry until the new year."
)
BUDGET_CUT = (
    "Finance minister Oda Brekke resigned on Monday, hours before she was due to present the supplementary budget to parliament.\n"
    "The prime minister accepted the resignation and named the state secretary, Jens Aarup, to lead the ministry until the new year."
)
BUDGET_COURIER = (
    "The government lost its finance minister on the morning of its most delicate vote. Oda Brekke, 51, stepped down over figures that she says were changed behind her back.\n"
    "Parliament's presidium postponed the debate on the supplementary budget to Thursday. Opposition leader Karl Munthe called for an inquiry into the pension reserves.\n"
    "Jens Aarup, a former auditor, takes over until the new year. He has not spoken to the press."
)
BUDGET_FR = (
    "La ministre des finances Oda Brekke a démissionné lundi, quelques heures avant de présenter le collectif budgétaire au parlement.\n"
    "Dans une lettre de deux paragraphes, elle affirme que les chiffres des réserves de retraite transmis aux députés n'étaient pas ceux que ses services avaient validés.\n"
    "Le premier ministre a confié l'intérim à Jens Aarup, secrétaire d'État."
)
PORT_AR = (
    "أعلنت سلطة ميناء المرفأ الشرقي اليوم الاثنين تعليق حركة السفن لمدة يومين بسبب إضراب عمال الرافعات.\n"
    "وقالت نقابة العمال إن المفاوضات توقفت بعد رفض الإدارة زيادة الأجور بنسبة ستة في المئة.\n"
    "وتنتظر ثلاث عشرة سفينة محملة بالقمح خارج حوض الميناء، ومن المتوقع أن تستأنف المحادثات مساء الأربعاء."
)
PORT_AR_TWO = (
    "أعلنت سلطة ميناء المرفأ الشرقي اليوم الاثنين تعليق حركة السفن لمدة ثلاثة أيام بسبب إضراب عمال الرافعات.\n"
    "وقالت نقابة العمال إن المفاوضات توقفت بعد رفض الإدارة زيادة الأجور بنسبة ستة في المئة.\n"
    "وتنتظر سبع عشرة سفينة محملة بالقمح خارج حوض الميناء، ومن المتوقع أن تستأنف المحادثات مساء الخميس."
)
PORT_HE = (
    "עובדי המנופים בנמל המזרחי הכריזו היום על שביתה של יומיים, ושלוש עשרה אוניות חיטה ממתינות מחוץ למעגן.\n"
    "לדברי ועד העובדים, המשא ומתן נעצר לאחר שההנהלה סירבה להעלות את השכר בשישה אחוזים.\n"
    "השיחות צפויות להתחדש ביום רביעי בערב."
)
STRIKE_FR = (
    "Les dockers du terminal est ont cessé le travail lundi matin et treize navires chargés de blé attendent en rade, selon la capitainerie.\n"
    "Le syndicat réclame une hausse de six pour cent. La direction propose trois pour cent et une prime.\n"
    "Les négociations doivent reprendre mercredi soir."
)
BRIDGE_DE = (
    "Die Elbbrücke bei Altenfurt bleibt bis zum Frühjahr gesperrt. Prüfer fanden in drei Trägern Risse, die vor einem Jahr noch nicht da waren, teilte das Landesamt am Montag mit.\n"
    "Täglich fahren dort 38.000 Fahrzeuge. Die Umleitung über Neukirchen ist einspurig, Speditionen rechnen mit Verspätungen von einer Stunde.\n"
    "Ein Neubau war 2019 beschlossen und zweimal verschoben worden."
)
BRIDGE_DE_TWO = (
    "Risse in drei Trägern: Die Elbbrücke bei Altenfurt wird nicht vor dem Frühjahr wieder geöffnet. Das Landesamt für Straßenbau bestätigte am Montag einen Bericht des Morgenboten.\n"
    "Der Verkehrsminister will am Dienstag vor den Ausschuss treten. Die Grünen fordern, den Neubau der Brücke vorzuziehen.\n"
    "Pendler aus Neukirchen müssen mit langen Staus rechnen."
)
FISH_ES = (
    "La cofradía de pescadores de Puerto Alba denuncia que la nueva cuota de merluza dejará amarrados cuarenta barcos desde enero.\n"
    "El ministerio publicó el domingo un reparto que reduce un 31 por ciento las capturas en la costa norte.\n"
    "Los armadores se reunirán el martes con la consejera de pesca, Lucía Ferrán."
)
FISH_ES_TWO = (
    "Cuarenta barcos de Puerto Alba podrían quedarse en tierra a partir de enero por el recorte de la cuota de merluza, según la cofradía de pescadores.\n"
    "La consejera de pesca, Lucía Ferrán, pedirá al ministerio que revise un reparto que quita el 31 por ciento de las capturas a la costa norte."
)
COURT = (
    "The supreme court ruled on Monday that the police may not keep number-plate readings for longer than 24 hours without a judge's order.\n"
    "The case was brought by two reporters whose journeys to a source had been reconstructed from cameras along the E14 motorway.\n"
    "The interior ministry said that it would delete about 90 million readings within a week."
)
COURT_TWO = (
    "Police must delete number-plate readings after a day unless a judge says otherwise, the supreme court has decided in a case that two reporters had brought.\n"
    "Cameras on the E14 motorway had recorded their journeys to a confidential source. Ninety million readings will go, the interior ministry said.\n"
    "Lawyers called the ruling the widest limit on automatic surveillance in a decade."
)
MINE = (
    "Rescuers reached the last of nine miners at Gullfjell in the early hours of Monday, 61 hours after a tunnel had flooded.\n"
    "All nine were alive. Doctors said that three were treated for cold.\n"
    "The mining inspectorate has closed the northern shaft until it knows why two pumps failed."
)
GRID = (
    "The grid operator will cut power to parts of Nordmark by turns on Tuesday evening, the first planned outages in forty years.\n"
    "A cable from the mainland failed on Sunday and the spare is under repair. Each district will be without electricity for 45 minutes.\n"
    "Hospitals and the water works are left out, the operator said."
)
VACCINE = (
    "Health authorities in Lindby recommend a second measles dose for all pupils after 14 cases at two schools.\n"
    "The clinic at the town hall opens on Saturday and Sunday. Letters to parents go out today in six languages."
)
JA_QUAKE = (
    "月曜日の朝、北浜沖を震源とするマグニチュード5.6の地震があり、沿岸の三つの町で震度4を観測した。津波の心配はないという。\n"
    "北浜鉄道は全線で運転を見合わせ、午前十時に再開した。けが人の報告は入っていない。"
)
HE_WATER = (
    "רשות המים הודיעה כי מפלס האגם עלה בארבעה סנטימטרים בסוף השבוע, לראשונה מאז אפריל.\n"
    "במועצה האזורית מקווים שהחקלאים יקבלו בחזרה את המכסות שקוצצו בקיץ."
)
AR_RAIL = (
    "وقعت وزارة النقل عقدا لبناء خط سكة حديد يربط العاصمة بمدينة الواحة بطول مئة وثمانين كيلومترا.\n"
    "ويبدأ العمل في الربيع المقبل وتبلغ كلفة المشروع ملياري دينار، على أن تنطلق أول رحلة بعد أربعة أعوام."
)
LIBRARY = (
    "The county library of Aldmoor will lend tools, sewing machines and telescopes from January, after a trial in which nothing was stolen.\n"
    "Librarian Petra Holm expects four thousand loans in the first year."
)
TOLL = (
    "Motorists will pay 18 crowns to cross the Rannoch tunnel, half of what was announced in the spring.\n"
    "The transport committee gave way to commuters from the eastern suburbs, who had blocked the approach twice."
)
WOLVES = (
    "Two wolf packs have returned to the forest of Teigland, rangers say, for the first time since 1931.\n"
    "Sheep farmers can ask for fences at public expense. Cameras counted eleven animals."
)
CHIP = (
    "Norrvik Semiconductor will build its second plant in Halden instead of abroad and hire 900 people by 2029.\n"
    "The county offered land and a rail siding. The firm makes sensors for ships and cars."
)
EXAM = (
    "About 3,100 pupils must sit their mathematics examination again, because the questions were found on a printer in a copy shop.\n"
    "The ministry of education apologised. The new date is the ninth of December."
)
HERITAGE_DE = (
    "Das Stadtarchiv in Rothau hat in einer Wand des alten Zollhauses 214 Briefe aus den Jahren 1847 bis 1849 gefunden.\n"
    "Sie waren nie abgeschickt worden. Ab März sollen sie im Netz zu lesen sein."
)
TRAM_FR = (
    "Le tramway de Valmont circulera toute la nuit les vendredis et samedis à partir de décembre, a décidé le conseil municipal.\n"
    "L'essai durera six mois et coûtera 740 000 euros."
)

PIECES: tuple[dict[str, Any], ...] = (
    # -- the harbour levy: a wire text, its copies, own texts, a correction
    {
        "source": "meridian-wire",
        "ago": 171,
        "gap": 6,
        "headline": "Westhaven council approves harbour levy, 23 to 19",
        "article_body": LEVY_WIRE,
        "byline": "By Arne Solberg",
        "authors": ["Arne Solberg"],
        "dateline": "WESTHAVEN",
        "wire_credit": ["Meridian"],
        "description": "Container ships will pay 4.20 crowns a tonne from April.",
    },
    {
        "source": "valley-post",
        "ago": 158,
        "gap": 14,
        "headline": "Narrow win for Renn as councillors tax container ships",
        "article_body": LEVY_POST,
        "byline": "By Hanna Lie",
        "authors": ["Hanna Lie"],
        "edits": [
            (
                96,
                {
                    "article_body": LEVY_POST_EDITED,
                    "corrections": [
                        "Correction: An earlier version of this article said that Port Ellery charges nothing. It charges 1.10 crowns a tonne."
                    ],
                },
            ),
            (
                41,
                {
                    "headline": "Narrow win for Renn: container ships to pay by weight",
                    "article_body": LEVY_POST_EDITED,
                },
            ),
        ],
    },
    {
        "source": "harbour-courier",
        "ago": 149,
        "gap": 12,
        "headline": "Westhaven council approves harbour levy, 23 to 19",
        "article_body": LEVY_WIRE,
        "byline": "Meridian",
        "wire_credit": ["Meridian"],
    },
    {
        "source": "evening-star",
        "ago": 131,
        "gap": 33,
        "headline": "Harbour levy of 4.20 crowns passes after shouting in gallery",
        "article_body": LEVY_STAR,
        "byline": "By Per Dahl",
        "authors": ["Per Dahl"],
    },
    {
        "source": "island-gazette",
        "ago": 118,
        "gap": 62,
        "headline": "Ships to pay harbour levy in Westhaven",
        "article_body": LEVY_WIRE + "\nReporting by Meridian; editing by the Gazette.",
        "wire_credit": ["Meridian"],
    },
    # -- the ferry: undecidable between two, a headline that changed, other languages
    {
        "source": "harbour-courier",
        "ago": 74,
        "gap": 9,
        "headline": "Fire on ferry with 412 on board off Cape Lunde",
        "article_body": FERRY_ONE,
        "byline": "By our newsdesk",
        "edits": [
            (
                22,
                {
                    "headline": "All 412 safe after ferry fire off Cape Lunde",
                    "article_body": FERRY_TWO,
                },
            )
        ],
    },
    {
        "source": "valley-post",
        "ago": 70,
        "gap": 15,
        "headline": "Passengers of burning ferry Solveig Nordahl take to lifeboats",
        "article_body": FERRY_POST,
        "byline": "By Hanna Lie",
        "authors": ["Hanna Lie"],
    },
    {
        "source": "meridian-wire",
        "ago": 66,
        "gap": 5,
        "headline": "Ferry Solveig Nordahl on fire off Cape Lunde, coast guard says",
        "article_body": FERRY_ONE,
        "wire_credit": ["Meridian"],
    },
    {
        "source": "morgenbote",
        "ago": 52,
        "gap": 20,
        "headline": "Feuer auf Fähre vor Kap Lunde: 412 Menschen an Bord",
        "article_body": FERRY_BOTE,
        "in_language": "de",
        "story": "ferry",
    },
    {
        "source": "minato-shimbun",
        "ago": 37,
        "gap": 25,
        "headline": "ルンデ岬沖でフェリー火災、412人が避難",
        "article_body": FERRY_JA,
        "in_language": "ja",
        "story": "ferry",
    },
    # -- the minister
    {
        "source": "island-gazette",
        "ago": 326,
        "gap": 58,
        "headline": "Finance minister Brekke resigns hours before budget",
        "article_body": BUDGET,
        "byline": "By Siri Moen",
        "authors": ["Siri Moen"],
        "edits": [(268, {"article_body": BUDGET_CUT})],
    },
    {
        "source": "harbour-courier",
        "ago": 301,
        "gap": 13,
        "headline": "Brekke steps down over pension figures",
        "article_body": BUDGET_COURIER,
        "byline": "By Lars Eide",
        "authors": ["Lars Eide"],
        "is_accessible_for_free": False,
    },
    {
        "source": "sentinelle",
        "ago": 244,
        "gap": 30,
        "headline": "La ministre des finances Oda Brekke démissionne",
        "article_body": BUDGET_FR,
        "in_language": "fr",
        "story": "budget",
    },
    {
        "source": "evening-star",
        "ago": 236,
        "gap": 31,
        "headline": "Finance minister Brekke resigns hours before budget",
        "article_body": BUDGET,
    },
    # -- the strike in the east
    {
        "source": "al-marfa",
        "ago": 402,
        "gap": 28,
        "headline": "إضراب عمال الرافعات يوقف حركة السفن في المرفأ الشرقي",
        "article_body": PORT_AR,
        "in_language": "ar",
        "byline": "كتبت ليلى حداد",
        "authors": ["ليلى حداد"],
        "edits": [
            (
                190,
                {
                    "headline": "تمديد إضراب عمال الرافعات في المرفأ الشرقي إلى ثلاثة أيام",
                    "article_body": PORT_AR_TWO,
                },
            )
        ],
    },
    {
        "source": "hanamal",
        "ago": 377,
        "gap": 40,
        "headline": "שביתת המנופאים בנמל המזרחי: אוניות חיטה ממתינות",
        "article_body": PORT_HE,
        "in_language": "he",
        "story": "strike",
    },
    {
        "source": "sentinelle",
        "ago": 351,
        "gap": 30,
        "headline": "Grève des dockers : treize navires de blé en rade",
        "article_body": STRIKE_FR,
        "in_language": "fr",
        "story": "strike",
    },
    # -- two or three papers each
    {
        "source": "morgenbote",
        "ago": 455,
        "gap": 20,
        "headline": "Elbbrücke bei Altenfurt bleibt bis zum Frühjahr gesperrt",
        "article_body": BRIDGE_DE,
        "in_language": "de",
        "byline": "Von Katrin Vogel",
        "authors": ["Katrin Vogel"],
    },
    {
        "source": "nordkurier",
        "ago": 391,
        "gap": 44,
        "headline": "Risse in drei Trägern: Elbbrücke weiter dicht",
        "article_body": BRIDGE_DE_TWO,
        "in_language": "de",
    },
    {
        "source": "diario-del-puerto",
        "ago": 520,
        "gap": 30,
        "headline": "La cuota de merluza dejará amarrados cuarenta barcos en Puerto Alba",
        "article_body": FISH_ES,
        "in_language": "es",
    },
    {
        "source": "voz-del-norte",
        "ago": 512,
        "gap": 55,
        "headline": "Cuarenta barcos de Puerto Alba, en tierra por la cuota de merluza",
        "article_body": FISH_ES_TWO,
        "in_language": "es",
    },
    {
        "source": "island-gazette",
        "ago": 598,
        "gap": 60,
        "headline": "Court limits police use of number-plate cameras",
        "article_body": COURT,
    },
    {
        "source": "valley-post",
        "ago": 579,
        "gap": 15,
        "headline": "Ninety million number-plate readings must go, court rules",
        "article_body": COURT_TWO,
        "byline": "By Ola Vik",
        "authors": ["Ola Vik"],
    },
    # -- alone so far
    {
        "source": "valley-post",
        "ago": 690,
        "gap": 15,
        "headline": "Last of nine miners reached at Gullfjell after 61 hours",
        "article_body": MINE,
        "edits": [
            (
                640,
                {
                    "headline": "All nine miners of Gullfjell alive after 61 hours",
                    "article_body": MINE,
                },
            )
        ],
    },
    {
        "source": "minato-shimbun",
        "ago": 712,
        "gap": 25,
        "headline": "北浜沖で地震、鉄道が一時運転見合わせ",
        "article_body": JA_QUAKE,
        "in_language": "ja",
    },
    {
        "source": "evening-star",
        "ago": 845,
        "gap": 30,
        "headline": "Power to be cut by turns in Nordmark on Tuesday",
        "article_body": GRID,
    },
    {
        "source": "hanamal",
        "ago": 931,
        "gap": 41,
        "headline": "מפלס האגם עלה לראשונה מאז אפריל",
        "article_body": HE_WATER,
        "in_language": "he",
    },
    {
        "source": "al-marfa",
        "ago": 990,
        "gap": 29,
        "headline": "عقد لبناء خط سكة حديد بين العاصمة والواحة",
        "article_body": AR_RAIL,
        "in_language": "ar",
    },
    {
        "source": "harbour-courier",
        "ago": 1104,
        "gap": 12,
        "headline": "Second measles dose advised for pupils in Lindby",
        "article_body": VACCINE,
    },
    {
        "source": "sentinelle",
        "ago": 1230,
        "gap": 30,
        "headline": "Le tramway de Valmont roulera toute la nuit",
        "article_body": TRAM_FR,
        "in_language": "fr",
    },
    {
        "source": "island-gazette",
        "ago": 1322,
        "gap": 61,
        "headline": "Library of Aldmoor lends telescopes",
        "article_body": LIBRARY,
        "gone": 200,
    },
    {
        "source": "valley-post",
        "ago": 1405,
        "gap": 14,
        "headline": "Rannoch tunnel toll halved after protests",
        "article_body": TOLL,
    },
    {
        "source": "nordkurier",
        "ago": 1580,
        "gap": 45,
        "headline": "214 Briefe in der Wand des Zollhauses entdeckt",
        "article_body": HERITAGE_DE,
        "in_language": "de",
    },
    {
        "source": "evening-star",
        "ago": 1702,
        "gap": 31,
        "headline": "Wolf packs return to Teigland after ninety years",
        "article_body": WOLVES,
    },
    {
        "source": "harbour-courier",
        "ago": 1811,
        "gap": 12,
        "headline": "Norrvik Semiconductor picks Halden for second plant",
        "article_body": CHIP,
    },
    {
        "source": "meridian-wire",
        "ago": 2890,
        "gap": None,
        "headline": "Leaked questions: 3,100 pupils to sit mathematics again",
        "article_body": EXAM,
        "baseline": True,
    },
)

#: slug, name, country, language, family, minutes between looks, articles on a usual day
SOURCES: tuple[tuple[str, str, str, str, str, int, int], ...] = (
    ("harbour-courier", "Harbour Courier", "NO", "en", "courier-group", 12, 18),
    ("valley-post", "The Valley Post", "IE", "en", "valley-media", 15, 14),
    ("evening-star", "Westhaven Evening Star", "IE", "en", "valley-media", 30, 9),
    ("meridian-wire", "Meridian Wire", "GB", "en", "meridian", 6, 40),
    ("island-gazette", "Island Gazette", "GB", "en", "island-gazette", 60, 6),
    ("morgenbote", "Morgenbote", "DE", "de", "morgenbote", 20, 16),
    ("nordkurier", "Nordkurier Rothau", "DE", "de", "nordkurier", 45, 7),
    ("sentinelle", "La Sentinelle du Port", "FR", "fr", "sentinelle", 30, 10),
    ("diario-del-puerto", "Diario del Puerto", "ES", "es", "diario-del-puerto", 30, 8),
    ("voz-del-norte", "La Voz del Norte", "ES", "es", "voz-del-norte", 55, 6),
    ("al-marfa", "صحيفة المرفأ", "LB", "ar", "al-marfa", 28, 9),
    ("hanamal", "הנמל היומי", "IL", "he", "hanamal", 40, 7),
    ("minato-shimbun", "港新聞", "JP", "ja", "minato", 25, 11),
)

#: slug, name, query, channels
WATCHES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    (
        "harbour-levy",
        "Harbour levy",
        "(levy OR tax OR toll) NEAR/12 (harbour OR ship* OR tunnel)",
        ("mail", "desk"),
    ),
    (
        "ferries",
        "Ferries and fires",
        "(ferry OR Fähre OR フェリー) (fire OR Feuer OR 火災)",
        ("phone",),
    ),
    (
        "ministers",
        "Ministers who leave",
        "(minister OR ministre) (resign* OR démissionn*)",
        ("mail",),
    ),
    ("eastern-port", "Eastern port", "ميناء OR הנמל OR dockers", ("desk",)),
)
