"""RELAX NG schemas of what we write: Atom by RFC 4287, RSS by the RSS Advisory Board's 2.0.11."""

from __future__ import annotations

from lxml import etree

_RELAX_NG = 'xmlns="http://relaxng.org/ns/structure/1.0"'
_TYPES = 'datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes"'

# RFC 4287 3.3 (dates), 4.1.1 (feed), 4.1.2 (entry), 4.2 (metadata). A subset: foreign elements and
# what we never write are left out, so what validates here validates there.
_ATOM = f"""
<grammar {_RELAX_NG} {_TYPES} ns="http://www.w3.org/2005/Atom">
 <start><element name="feed"><interleave>
  <ref name="id"/><ref name="title"/><ref name="updated"/><ref name="author"/>
  <optional><element name="subtitle"><text/></element></optional>
  <optional><element name="link">
   <attribute name="rel"><value>self</value></attribute><ref name="href"/>
  </element></optional>
  <zeroOrMore><element name="entry">
   <optional><attribute name="xml:lang"><data type="language"/></attribute></optional>
   <interleave>
    <ref name="id"/><ref name="title"/><ref name="updated"/><ref name="author"/>
    <optional><element name="published"><ref name="time"/></element></optional>
    <optional><element name="link">
     <attribute name="rel"><value>alternate</value></attribute><ref name="href"/>
    </element></optional>
    <zeroOrMore><element name="category"><attribute name="term"/></element></zeroOrMore>
    <element name="content"><attribute name="type"><value>text</value></attribute><text/></element>
   </interleave>
  </element></zeroOrMore>
 </interleave></element></start>
 <define name="id"><element name="id">
  <data type="anyURI"><param name="pattern">urn:uuid:[0-9a-f-]{{36}}</param></data>
 </element></define>
 <define name="title"><element name="title"><text/></element></define>
 <define name="updated"><element name="updated"><ref name="time"/></element></define>
 <define name="author"><element name="author">
  <element name="name"><text/></element>
 </element></define>
 <define name="href"><attribute name="href">
  <data type="anyURI"><param name="pattern">https?://.+</param></data>
 </attribute></define>
 <define name="time"><data type="dateTime"><param name="pattern">.+(Z|[+\\-]..:..)</param></data>
 </define>
</grammar>"""

_RSS = f"""
<grammar {_RELAX_NG} {_TYPES}>
 <start><element name="rss"><attribute name="version"><value>2.0</value></attribute>
  <element name="channel"><interleave>
   <element name="title"><text/></element>
   <element name="link"><data type="anyURI"/></element>
   <element name="description"><text/></element>
   <optional><element name="lastBuildDate"><ref name="time"/></element></optional>
   <optional><element name="link" ns="http://www.w3.org/2005/Atom">
    <attribute name="rel"><value>self</value></attribute>
    <attribute name="href"><data type="anyURI"/></attribute>
   </element></optional>
   <zeroOrMore><element name="item"><interleave>
    <element name="title"><text/></element>
    <optional><element name="link">
     <data type="anyURI"><param name="pattern">https?://.+</param></data>
    </element></optional>
    <element name="guid"><attribute name="isPermaLink"><value>false</value></attribute><text/>
    </element>
    <element name="pubDate"><ref name="time"/></element>
    <zeroOrMore><element name="category"><text/></element></zeroOrMore>
    <element name="description"><text/></element>
   </interleave></element></zeroOrMore>
  </interleave></element>
 </element></start>
 <define name="time"><data type="string"><param name="pattern"
  >[MTWFS][a-z]{{2}}, \\d\\d [A-Z][a-z]{{2}} \\d{{4}} (\\d\\d:){{2}}\\d\\d [+\\-]\\d{{4}}</param>
 </data></define>
</grammar>"""


def assert_valid(content: bytes, form: str) -> None:
    """Raise lxml's DocumentInvalid, with what is wrong, for a feed that is not as it must be."""
    schema = etree.RelaxNG(etree.fromstring(_ATOM if form == "atom" else _RSS))
    schema.assertValid(etree.fromstring(content))
