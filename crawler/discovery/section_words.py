"""How politics sections are called: data only, as words of addresses and of menus."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The section itself.
POLITICS = _words(
    """
    politics political politic uk-politics us-politics politik innenpolitik deutschlandpolitik
    politique politiques politica política politicas políticas politiek polityka politika politică
    politikk politiikka pólitík poliitika političke político siyaset siyasat siyasa siyosat
    politiko chính-trị chinh-tri πολιτική politiki politická politické politicke политика політика
    палітыка саясат сиёсат πολιτικη פוליטיקה פוליטי سياسة السياسة سياسي سیاست سیاسی سیاسیات
    राजनीति राजनैतिक রাজনীতি அரசியல் రాజకీయాలు రాజకీయం ರಾಜಕೀಯ രാഷ്ട്രീയം રાજકારણ राजकारण ਸਿਆਸਤ
    දේශපාලන การเมือง ການເມືອງ နိုင်ငံရေး នយោបាយ 政治 政治新闻 政治新聞 政壇 时政 時政 政务 정치
    siyasət siyosiy politiky polityczny პოლიტიკა քաղաքականություն ፖለቲካ
    """
)
# Sections that hold most of a newspaper's politics where it has no section of that name.
NEAR_POLITICS = _words(
    """
    government parliament congress senate elections election westminster holyrood white-house
    whitehouse capitol capitol-hill bundestag regierung parlament wahlen wahl gouvernement
    parlement élections gobierno elecciones congreso senado governo eleições eleicoes elezioni
    parlamento kormány rząd sejm wybory hükümet seçim meclis правительство выборы госдума власть
    влада вибори κυβέρνηση βουλή εκλογές ממשלה כנסת בחירות انتخابات برلمان حكومة حکومت चुनाव 選挙
    国会 內閣 国政 選舉 대통령 국회 청와대 선거 pemilu parlemen pemerintahan nation national
    nacional nazionale inland domestic
    """
)
