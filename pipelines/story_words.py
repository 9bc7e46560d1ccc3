"""Words that say little about the event an article tells of. Data only.

Known before the first article is read, because the counts of a young archive cannot tell a
common word from a busy story. What is common in other languages is learnt from the window.
"""

from __future__ import annotations

_FUNCTION = """
    a an the of to in on for and or but nor so yet at by with from into onto over under after
    before between through during against about above below off out up down as than if when
    while where why how what which who whom whose this that these those it its he him his she
    her hers they them their we us our you your i me my is are was were be been being am do does
    did done doing has have had having can could may might must shall should will would not no
    yes t s d ll re ve m also just only even still more most much many few less least very too
    then there here now all any both each every either neither some such own same other another
    once again ever never always often mr mrs ms per via amid among since until because although
    though despite within without upon toward towards across along around near der das den dem
    des ein eine einer eines einem einen und oder aber nicht auch nur noch schon ist sind waren
    wird werden wurde wurden hat haben hatte im zum zur vom von mit bei nach aus auf für über
    unter vor seit gegen durch ohne um bis als wie wenn dass weil sich er sie es wir ihr ihre
    ihren sein seine seinen dieser diese dieses wer mehr sehr kann soll muss le la les un une du
    de et ou mais ne pas plus que qui dans sur pour par avec sans sous au aux ce cet cette ces
    se sa ses leur leurs il elle ils elles nous vous est sont était ont été el los las una unos
    unas y o pero en con por para sin sobre al del su sus lo más fue ha han como este esta estos
    estas gli uno di da tra fra che non è sono hanno alla della dei delle nel nella anche più
    come si os uma dos na nos nas em com ao não é são foi het een op te voor met niet zijn aan
    ook bij naar och att det som är på för med av till inte har og til ikke w z się nie jest że
    po od za dla и в во на не что с со по из за от для как это к у о об его ее их был была были
"""
#: No event is told by them.
FUNCTION_WORDS = frozenset(_FUNCTION.split())

_COMMON = """
    said say says saying told tell new news year years day days week weeks month months time
    times today yesterday tomorrow monday tuesday wednesday thursday friday saturday sunday
    january february march april may june july august september october november december first
    second third last next one two three four five six seven eight nine ten hundred thousand
    million billion percent people person man men woman women child children family families
    group groups member members world country countries nation national international state
    states city cities town government minister ministers president prime official officials
    party parties leader leaders police court judge law case report reports reported reporting
    according statement spokesman spokeswoman source sources big small large high low higher
    lower top best worst good bad better great long short early late old young full part whole
    half rise rises rising rose fall falls falling fell drop drops gain gains loss losses lose
    lost win wins won beat open opens opened close closes closed make makes made making take
    takes took taken get gets got give gives gave go goes going went come comes came see sees
    saw seen look looks show shows showed shown find finds found know known think want wants
    need needs use used using work working works call calls called keep keeps kept set sets put
    puts turn turns back home way place end start starts started begin began plan plans planned
    move moves moved run runs running lead leads led help hold holds held hit hits face faces
    faced try tries tried ask asks asked expect expected announce announced agree agreed deal
    talks talk meeting meet meets vote election public support issue issues problem problems
    question questions change changes life death deaths dead died die dies kill killed kills
    attack attacks war fire crash accident hospital health school university student students
    team game games season play player players match program system service services number
    numbers area house office street road water food weak strong worry worries concern concerns
    fear fears hope hopes claim claims warn warns warned urge urges reveal reveals update latest
    live video photo photos pictures watch likely ahead following including least almost nearly
    chief head director executive chairman boss ceo editor author former current future past
"""
#: Many articles have them, whatever their event.
COMMON_WORDS = frozenset(_COMMON.split())
