/**
 * XML 1.0 (fifth edition) with Namespaces 1.0, without DTDs: what a message needs and nothing that attacks need.
 *
 * Written by hand because reading XML is most of what a door does: text between tags is found by `indexOf`
 * instead of letter by letter, which makes a document four times and a file in base64 a hundred times faster
 * than saxes. Saxes is the oracle of the tests: thousands of broken and whole messages, the same verdicts and
 * the same events.
 */

export interface XmlLimits {
  maxDepth: number
  maxAttributes: number
  /** Elements, attributes, comments and CDATA sections together. */
  maxNodes: number
}

export interface XmlAttribute {
  /** As written, with the prefix. */
  readonly name: string
  readonly uri: string
  readonly local: string
  readonly value: string
}

export interface XmlElement {
  /** As written, with the prefix. */
  readonly name: string
  /** Empty when the element is in no namespace. */
  readonly uri: string
  readonly local: string
  /** In the order written, namespace declarations among them. */
  readonly attributes: readonly XmlAttribute[]
}

/** What a prefix means where the reader is. */
export interface XmlPlace {
  resolve(prefix: string): string | undefined
}

/** Told what the reader meets, in order. */
export interface XmlListener {
  open(element: XmlElement, place: XmlPlace): void
  /** Text of any length, entities and CDATA resolved. May come in several pieces. */
  text(text: string): void
  /** What stands between `<!--` and `-->`; only canonical XML asks. */
  comment?(text: string): void
  close(): void
}

/** Why the scanner stopped; `xml-reader.ts` turns it into words. */
export type XmlTrouble =
  'XML-01' | 'XML-02' | 'XML-03' | 'XML-04' | 'XML-05' | 'XML-06' | 'XML-07' | 'XML-09' | 'XML-10'

/** Thrown by the scanner only, caught by the reader. */
export class NotXml extends Error {
  readonly trouble: XmlTrouble
  readonly at: number
  readonly limit: number

  constructor(trouble: XmlTrouble, at: number, limit = 0) {
    super(trouble)
    this.name = 'NotXml'
    this.trouble = trouble
    this.at = at
    this.limit = limit
  }
}

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace'
const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/'

const lineFeed = 0x0a
const carriageReturn = 0x0d
const tab = 0x09
const space = 0x20
const exclamation = 0x21
const slash = 0x2f
const doubleQuote = 0x22
const singleQuote = 0x27
const colon = 0x3a
const less = 0x3c
const equals = 0x3d
const greater = 0x3e
const question = 0x3f

// Every repetition is bounded: V8 keeps a stack for them, and 20 million spaces overflow it.
const declaration =
  /<\?xml[ \t\r\n]{1,99}version[ \t\r\n]{0,99}=[ \t\r\n]{0,99}(?:"1\.[0-9]{1,9}"|'1\.[0-9]{1,9}')(?:[ \t\r\n]{1,99}encoding[ \t\r\n]{0,99}=[ \t\r\n]{0,99}(?:"[A-Za-z][A-Za-z0-9._-]{0,40}"|'[A-Za-z][A-Za-z0-9._-]{0,40}'))?(?:[ \t\r\n]{1,99}standalone[ \t\r\n]{0,99}=[ \t\r\n]{0,99}(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]{0,99}\?>/y

// Not legal anywhere in XML 1.0. Lone surrogates are looked for apart.
// eslint-disable-next-line no-control-regex
const illegal = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/

const letters =
  'A-Z_a-z\\xC0-\\xD6\\xD8-\\xF6\\xF8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}'
const partOfName = `[${letters}][${letters}\\-.0-9\\xB7\\u0300-\\u036F\\u203F\\u2040]*`
/** A name with at most one prefix. */
// eslint-disable-next-line no-misleading-character-class -- the specification's ranges hold combining marks
const qualifiedName = new RegExp(`^${partOfName}(?::${partOfName})?$`, 'u')

/** What an ASCII letter may be in a name; whatever is above ASCII is checked as a whole name. */
const [noName, insideName, startsName] = [0, 1, 2]
const nameLetters = new Uint8Array(128)
for (const letter of '0123456789.-:') nameLetters[letter.charCodeAt(0)] = insideName
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_')
  nameLetters[letter.charCodeAt(0)] = startsName

/** Text is told in pieces of at most this length, so that a file inside a message is read in turns too. */
const longestPiece = 64 * 1024
/** Attributes carry names and namespaces, never content. */
const longestAttribute = 64 * 1024
/** Longer names are no names; the bound also keeps the check of a name from overflowing. */
const longestName = 1000
/** `&#x0010FFFF;` with room to spare. */
const longestReference = 16

/** A message that comes in pieces: so much of it is awaited before the first tag is looked for. */
const firstPiece = 128 * 1024
/** The most of it that may wait for its end: a tag, a comment, or what is kept. */
const longestWait = 64 * 1024 * 1024

const namedEntities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const isLegalCode = (code: number): boolean =>
  code === 0x9 ||
  code === 0xa ||
  code === 0xd ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  (code >= 0x10000 && code <= 0x10ffff)

const noAttributes: readonly XmlAttribute[] = Object.freeze([])

/** What ends with an element: its name as written, and the bindings to put back. */
interface OpenElement {
  name: string
  /** Prefix and its former meaning, in turns. */
  former: (string | undefined)[] | undefined
}

export class XmlScanner implements XmlPlace {
  /** The message, or the part of it that is not read yet. */
  text = ''
  /** Where `text` begins in the message. */
  begins = { line: 1, column: 1 }
  /** Most messages hold none of them; asked once, it saves a search in every text. */
  private hasReferences = false
  private hasSectionEnds = false
  private hasReturns = false
  /** Nothing comes after `text`. */
  private isLast = true
  private lastTag = -1
  /** Where the markup began that is being read. */
  private tagAt = 0
  /** From where on text is kept for `kept`; -1: nothing is. */
  private keptFrom = -1
  private readonly listener: XmlListener
  private readonly limits: XmlLimits
  private at = 0
  /** Where the text being read ends: the next tag. */
  private textEnd = -1
  /** How far the letters have been found legal. */
  private checked = 0
  private nodes = 0
  private prefixLength = -1
  private phase: 'prolog' | 'letters' | 'content' = 'prolog'
  private readonly open: OpenElement[] = []
  private readonly bindings = new Map<string, string>([
    ['', ''],
    ['xml', xmlNamespace],
    ['xmlns', xmlnsNamespace],
  ])

  constructor(text: string, listener: XmlListener, limits: XmlLimits) {
    this.listener = listener
    this.limits = limits
    this.look(text)
  }

  /** A message that comes in pieces, by `extend`. */
  static inPieces(listener: XmlListener, limits: XmlLimits): XmlScanner {
    const scanner = new XmlScanner('', listener, limits)
    scanner.isLast = false
    return scanner
  }

  private look(text: string): void {
    this.text = text
    this.hasReturns = text.includes('\r')
    this.hasReferences = text.includes('&')
    this.hasSectionEnds = text.includes(']]>')
    this.lastTag = text.lastIndexOf('<')
  }

  /** The next piece of a message. What has been read is forgotten, so that a message of any length fits. */
  extend(more: string, isLast: boolean): void {
    const wrong = more.search(illegal)
    const from = this.keptFrom === -1 ? this.at : Math.min(this.keptFrom, this.at)
    if (wrong !== -1) {
      this.look(this.text + more)
      this.fail(this.text.length - more.length + wrong)
    }
    this.forget(from)
    if (this.text.length + more.length > longestWait) throw new NotXml('XML-10', this.at, longestWait)
    this.isLast = isLast
    this.look(this.text + more)
  }

  private forget(from: number): void {
    let start = 0
    for (
      let next = this.text.indexOf('\n');
      next !== -1 && next < from;
      next = this.text.indexOf('\n', start)
    ) {
      this.begins = { line: this.begins.line + 1, column: 1 }
      start = next + 1
    }
    this.begins = { line: this.begins.line, column: this.begins.column + from - start }
    this.text = this.text.slice(from)
    this.at -= from
    this.tagAt -= from
    if (this.keptFrom !== -1) this.keptFrom -= from
    this.textEnd = -1
  }

  /** Asked at an element's `open`: the text from its tag on is kept until `kept` takes it. */
  keep(): void {
    this.keptFrom = this.tagAt
  }

  /** Asked at the same element's `close`: it as written, tags and all. */
  kept(): string {
    const text = this.text.slice(this.keptFrom, this.at)
    this.keptFrom = -1
    return text
  }

  /** Reads about `length` letters more of what has come; says what it waits for. */
  pump(length: number): 'turn' | 'more' | 'end' {
    if (this.phase !== 'content') {
      if (!this.isLast && this.text.length < firstPiece) return 'more'
      this.prolog()
      this.phase = 'content'
      if (!this.isWhole(this.at)) throw new NotXml('XML-09', this.at, longestAttribute)
      this.startTag()
    }
    const until = this.at + length
    while (this.open.length > 0) {
      if (this.at >= until) return 'turn'
      if (!this.isLast && !this.mayRead()) return 'more'
      this.content()
    }
    if (!this.isLast) return 'more'
    this.epilog()
    return 'end'
  }

  /** Whether what comes next is there as a whole, or enough of a long text. */
  private mayRead(): boolean {
    if (this.textEnd < this.at) this.seekTag()
    if (this.textEnd === -1) return this.text.length - this.at > 2 * longestPiece
    return this.isWhole(this.textEnd)
  }

  private isWhole(at: number): boolean {
    if (this.isLast) return true
    const { text } = this
    if (text.startsWith('<!', at)) {
      if (text.length < at + 9) return false
      return text.includes(text.startsWith('<!--', at) ? '-->' : ']]>', at)
    }
    // No tag holds another: one that is followed by another has ended.
    if (at < this.lastTag) return true
    for (let i = at + 1; ; i++) {
      const code = text.charCodeAt(i)
      if (code === greater) return true
      if (code === doubleQuote || code === singleQuote) {
        i = text.indexOf(text.charAt(i), i + 1)
        if (i === -1) return false
      }
      // The end of the text is NaN.
      if (!(code >= 0)) return false
    }
  }

  resolve(prefix: string): string | undefined {
    return this.bindings.get(prefix)
  }

  /** Reads about `length` letters more; true when the message has been read to its end. */
  advance(length: number): boolean {
    if (this.phase === 'prolog') {
      this.prolog()
      this.phase = 'letters'
    }
    if (this.phase === 'letters') {
      if (!this.checkLetters(length)) return false
      this.phase = 'content'
      this.startTag()
    }
    const until = this.at + length
    while (this.open.length > 0) {
      if (this.at >= until) return false
      this.content()
    }
    this.epilog()
    return true
  }

  private fail(at = this.at): never {
    throw new NotXml('XML-01', at)
  }

  /** Looks for letters that XML does not have, a good piece at a time; true when all are checked. */
  private checkLetters(length: number): boolean {
    const { text } = this
    // One pass of a regular expression is some twenty times cheaper than reading markup.
    const end = this.checked + length * 16
    const wrong = text.slice(this.checked, end).search(illegal)
    if (wrong !== -1) this.fail(this.checked + wrong)
    this.checked = end
    if (end < text.length) return false
    if (!(text as string & { isWellFormed(): boolean }).isWellFormed()) this.fail()
    return true
  }

  private count(): void {
    if (++this.nodes > this.limits.maxNodes) throw new NotXml('XML-06', this.at, this.limits.maxNodes)
  }

  private skipSpace(): void {
    const { text } = this
    let { at } = this
    for (;;) {
      const code = text.charCodeAt(at)
      if (code !== space && code !== lineFeed && code !== tab && code !== carriageReturn) break
      at++
    }
    this.at = at
  }

  /** Everything before the root, which it leaves to be read. */
  private prolog(): void {
    const { text } = this
    if (text.startsWith('<?xml') && this.isSpace(5)) {
      declaration.lastIndex = 0
      if (!declaration.test(text)) this.fail(5)
      this.at = declaration.lastIndex
    }
    this.misc()
    if (this.at >= text.length) throw new NotXml(/[^\s]/.test(text) ? 'XML-01' : 'XML-07', this.at)
    if (text.charCodeAt(this.at) !== less) this.fail()
    // Whatever is neither a comment nor an element before the root is a DOCTYPE in some spelling.
    if (text.charCodeAt(this.at + 1) === exclamation) throw new NotXml('XML-02', this.at)
  }

  private isSpace(at: number): boolean {
    const code = this.text.charCodeAt(at)
    return code === space || code === lineFeed || code === tab || code === carriageReturn
  }

  /** White space and comments around the root. */
  private misc(): void {
    for (;;) {
      this.skipSpace()
      if (this.text.startsWith('<!--', this.at)) this.comment()
      else if (this.text.startsWith('<?', this.at)) throw new NotXml('XML-03', this.at)
      else return
    }
  }

  private epilog(): void {
    this.misc()
    if (this.at < this.text.length) this.fail()
  }

  /** One piece of text, or one piece of markup. */
  private content(): void {
    const { text } = this
    const from = this.at
    if (this.textEnd < from) this.seekTag()
    // -1: a long text whose end has not come yet; a piece of it is told.
    const next = this.textEnd === -1 ? text.length : this.textEnd
    this.tagAt = next
    if (next > from) {
      const end = next - from > longestPiece ? this.pieceEnd(from) : next
      const raw = this.normal(text.slice(from, end))
      this.listener.text(this.hasReferences ? this.resolved(raw, from) : raw)
      this.at = end
      if (end < next) return
    }
    const code = text.charCodeAt(next + 1)
    if (code === slash) this.endTag()
    else if (code === exclamation) this.commentOrCdata()
    else if (code === question) throw new NotXml('XML-03', next)
    else this.startTag()
  }

  /** Finds where the text that comes next ends. */
  private seekTag(): void {
    const { text, at } = this
    this.textEnd = text.indexOf('<', at)
    if (this.textEnd === -1 && this.isLast) this.fail(text.length)
    if (!this.hasSectionEnds) return
    const end = text.slice(at, this.textEnd === -1 ? undefined : this.textEnd).indexOf(']]>')
    if (end !== -1) this.fail(at + end)
  }

  /** Line ends as XML wants them; a carriage return that matters is written &#13;. */
  private normal(raw: string): string {
    return this.hasReturns && raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw
  }

  /** Where to cut a long text: not inside a line end, a letter of two units, or a reference. */
  private pieceEnd(from: number): number {
    const { text } = this
    let end = from + longestPiece
    if (this.hasReferences) {
      const mark = text.lastIndexOf('&', end - 1)
      if (mark > end - longestReference) end = mark
    }
    const last = text.charCodeAt(end - 1)
    return last === carriageReturn || (last >= 0xd800 && last <= 0xdbff) ? end - 1 : end
  }

  private commentOrCdata(): void {
    const { text, at } = this
    if (text.startsWith('<!--', at)) return this.comment()
    if (!text.startsWith('<![CDATA[', at)) this.fail()
    this.count()
    const end = text.indexOf(']]>', at + 9)
    if (end === -1) this.fail(text.length)
    for (let from = at + 9; from < end;) {
      const cut = end - from > longestPiece ? this.pieceEnd(from) : end
      this.listener.text(this.normal(text.slice(from, cut)))
      from = cut
    }
    this.at = end + 3
  }

  private comment(): void {
    this.count()
    const end = this.text.indexOf('--', this.at + 4)
    if (end === -1) this.fail(this.text.length)
    if (this.text.charCodeAt(end + 2) !== greater) this.fail(end)
    this.listener.comment?.(this.text.slice(this.at + 4, end))
    this.at = end + 3
  }

  private endTag(): void {
    const opened = this.open.pop()
    const name = opened?.name ?? ''
    const start = this.at + 2
    if (!this.text.startsWith(name, start)) this.fail()
    this.at = start + name.length
    this.skipSpace()
    if (this.text.charCodeAt(this.at) !== greater) this.fail()
    this.at++
    this.listener.close()
    this.restore(opened?.former)
  }

  private restore(former: OpenElement['former']): void {
    if (former === undefined) return
    // Backwards, in case one element bound a prefix more than once (it cannot, but order costs nothing).
    for (let i = former.length - 2; i >= 0; i -= 2) {
      const prefix = former[i] ?? ''
      const uri = former[i + 1]
      if (uri === undefined) this.bindings.delete(prefix)
      else this.bindings.set(prefix, uri)
    }
  }

  /** A qualified name; `this.prefixLength` is where its colon stands, -1 without one. */
  private name(): string {
    const { text } = this
    const from = this.at
    let at = from
    let mark = -1
    let isPlain = nameLetters[text.charCodeAt(from)] === startsName
    for (;;) {
      const code = text.charCodeAt(at)
      if (code < 128) {
        if (nameLetters[code] === noName) break
        if (code === colon) {
          if (mark !== -1 || nameLetters[text.charCodeAt(at + 1)] !== startsName) isPlain = false
          mark = at - from
        }
      } else if (code >= 128) isPlain = false
      // The end of the text is NaN.
      else break
      at++
    }
    if (at - from > longestName) this.fail(from)
    const name = text.slice(from, at)
    if (!isPlain && !qualifiedName.test(name)) this.fail(from)
    this.at = at
    this.prefixLength = mark
    return name
  }

  private startTag(): void {
    if (this.open.length >= this.limits.maxDepth) throw new NotXml('XML-04', this.at, this.limits.maxDepth)
    this.count()
    const tagAt = this.at
    this.tagAt = tagAt
    this.at++
    const name = this.name()
    const mark = this.prefixLength
    const code = this.text.charCodeAt(this.at)
    let selfClosing = false
    let attributes = noAttributes
    let former: OpenElement['former']
    if (code === greater) this.at++
    else {
      const read: XmlAttribute[] = []
      selfClosing = this.attributes(read)
      if (read.length > 0) {
        former = this.bind(read, tagAt)
        attributes = this.inNamespaces(read, tagAt)
      }
    }

    const prefix = mark === -1 ? '' : name.slice(0, mark)
    const uri = this.bindings.get(prefix)
    if (uri === undefined || prefix === 'xmlns') this.fail(tagAt)
    this.listener.open({ name, uri, local: mark === -1 ? name : name.slice(mark + 1), attributes }, this)
    if (selfClosing) {
      this.listener.close()
      this.restore(former)
    } else this.open.push({ name, former })
  }

  /** Attributes as written, up to the end of the tag; true when it closes itself. */
  private attributes(read: XmlAttribute[]): boolean {
    const { text } = this
    for (;;) {
      const before = this.at
      this.skipSpace()
      const code = text.charCodeAt(this.at)
      if (code === greater) {
        this.at++
        return false
      }
      if (code === slash) {
        if (text.charCodeAt(this.at + 1) !== greater) this.fail()
        this.at += 2
        return true
      }
      if (this.at === before) this.fail()
      if (read.length >= this.limits.maxAttributes)
        throw new NotXml('XML-05', this.at, this.limits.maxAttributes)
      this.count()
      read.push(this.attribute())
    }
  }

  private attribute(): XmlAttribute {
    const { text } = this
    const name = this.name()
    this.skipSpace()
    if (text.charCodeAt(this.at) !== equals) this.fail()
    this.at++
    this.skipSpace()
    const quote = text[this.at]
    if (quote !== '"' && quote !== "'") this.fail()
    const from = this.at + 1
    const end = text.indexOf(quote, from)
    if (end === -1) this.fail(text.length)
    if (end - from > longestAttribute) throw new NotXml('XML-09', from, longestAttribute)
    const raw = this.normal(text.slice(from, end))
    if (raw.includes('<')) this.fail(from + raw.indexOf('<'))
    this.at = end + 1
    // White space as written is a space; as a reference it stays what it is.
    const spaced = /[\t\n]/.test(raw) ? raw.replace(/[\t\n]/g, ' ') : raw
    return { name, uri: '', local: name, value: this.hasReferences ? this.resolved(spaced, from) : spaced }
  }

  /** Takes the namespace declarations of a tag into force; what they replace, to be put back. */
  private bind(read: readonly XmlAttribute[], tagAt: number): OpenElement['former'] {
    let former: OpenElement['former']
    for (const { name, value } of read) {
      let prefix: string
      if (name === 'xmlns') prefix = ''
      else if (name.charCodeAt(5) === colon && name.startsWith('xmlns')) prefix = name.slice(6)
      else continue
      if (prefix !== '' && value === '') this.fail(tagAt)
      if (prefix === 'xmlns' || value === xmlnsNamespace) this.fail(tagAt)
      if ((prefix === 'xml') !== (value === xmlNamespace)) this.fail(tagAt)
      former ??= []
      former.push(prefix, this.bindings.get(prefix))
      this.bindings.set(prefix, value)
    }
    return former
  }

  /** Attributes with their namespaces; no two may be the same, by name or under two prefixes. */
  private inNamespaces(read: readonly XmlAttribute[], tagAt: number): readonly XmlAttribute[] {
    const made = read.map((attribute): XmlAttribute => {
      const { name, value } = attribute
      const mark = name.indexOf(':')
      if (mark === -1) return name === 'xmlns' ? { name, uri: xmlnsNamespace, local: name, value } : attribute
      const uri = this.bindings.get(name.slice(0, mark))
      if (uri === undefined) this.fail(tagAt)
      return { name, uri, local: name.slice(mark + 1), value }
    })
    if (made.length > 1) {
      // A namespace is text and may hold spaces, a local name may not: the last space parts them.
      const seen = new Set(made.map(({ uri, local }) => `${uri} ${local}`))
      if (seen.size < made.length) this.fail(tagAt)
    }
    return made
  }

  /** Text with its five entities and numeric references resolved. */
  private resolved(raw: string, from: number): string {
    let mark = raw.indexOf('&')
    if (mark === -1) return raw
    let made = ''
    let at = 0
    for (; mark !== -1; mark = raw.indexOf('&', at)) {
      const end = raw.indexOf(';', mark)
      if (end === -1) this.fail(from + mark)
      made += raw.slice(at, mark) + this.entity(raw.slice(mark + 1, end), from + mark)
      at = end + 1
    }
    return made + raw.slice(at)
  }

  private entity(name: string, at: number): string {
    if (Object.hasOwn(namedEntities, name)) return namedEntities[name] ?? ''
    const match = /^#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,10}))$/.exec(name)
    if (match === null) this.fail(at)
    const code = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16)
    if (!isLegalCode(code)) this.fail(at)
    return String.fromCodePoint(code)
  }
}
