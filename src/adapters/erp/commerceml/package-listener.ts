import type { ForeignReading, ReadingContext } from '../../../core/exchange/index.ts'
import { Unreadable, type XmlElement, type XmlKeeper, type XmlStreamListener } from '../../xml/index.ts'
import { documentTooLarge, notCommerceMl, unknownSchema } from './cml-faults.ts'
import { readDocument, type Met } from './read/document.ts'
import type { NumberFormat } from './read/explain.ts'
import { numberFormatOf } from './read/values.ts'
import { inVersionTwo } from './read/version-one.ts'
import { Place, unreadOf } from './tree.ts'

/** 10 000 lines with thirty elements each: the largest document of ЭДО. */
const maxNodes = 400_000
/** CommerceML 1 refers to what stands elsewhere in the file, so goods and documents of it wait for its end. */
const maxWaiting = 500_000

const namespaces: Readonly<Record<string, RegExp>> = {
  // 2.03 to 2.05 have none; 1C leaves it out of later ones, too.
  '': /^(2\.0[3-9]|2\.10|3\.1)?$/,
  'urn:1C.ru:commerceml_2': /^(2\.0[3-9]|2\.10)$/,
  'urn:1C.ru:commerceml_3': /^3\.1$/,
}

/** What of a document waits to be taken, with its bytes as they stood in the file. */
export type Taken = Met & { raw: string }

/**
 * Walks a file of CommerceML: catalogues and offers go by, a document becomes a tree of its own and is read when it
 * closes. Holds one document at a time.
 */
export class PackageListener implements XmlStreamListener {
  /** Elements of the catalogue and the offers that went by. */
  readonly goneBy = new Map<string, number>()
  readonly #context: ReadingContext
  readonly #take: (taken: Taken) => Promise<void>
  #scanner: XmlKeeper | undefined
  #depth = 0
  #path: string[] = []
  #numbers: NumberFormat = { decimal: undefined, group: undefined }
  #isVersionOne = false
  /** The element being built, inside a document. */
  #place: Place | undefined
  #root: Place
  #nodes = 0
  #waiting = 0
  readonly #ready: Taken[] = []
  readonly #documents: { place: Place; raw: string }[] = []
  readonly #goods = new Map<string, Place>()
  readonly #partners = new Map<string, Place>()

  constructor(context: ReadingContext, take: (taken: Taken) => Promise<void>) {
    this.#context = context
    this.#take = take
    this.#root = new Place({ local: 'КоммерческаяИнформация', attributes: [] })
  }

  begin(scanner: XmlKeeper): void {
    this.#scanner = scanner
  }

  open(element: XmlElement): void {
    this.#depth += 1
    if (this.#depth === 1) return this.#openRoot(element)
    const { local } = element
    if (this.#place !== undefined) {
      if (++this.#nodes > maxNodes) throw new Unreadable(documentTooLarge(maxNodes))
      this.#place = new Place(element, this.#place)
      return
    }
    this.#path.push(local)
    if (this.#isDocument(local)) {
      this.#scanner?.keep()
      this.#nodes = 0
      this.#place = new Place(element, this.#root)
      // The root is told in no path, and keeps no document.
      this.#root.children.length = 0
      return
    }
    if (this.#isVersionOne && (local === 'Товар' || local === 'Контрагент')) this.#remember(element)
    if (this.#path.length <= 3) this.goneBy.set(local, (this.goneBy.get(local) ?? 0) + 1)
  }

  text(text: string): void {
    if (this.#place !== undefined) this.#place.text += text
  }

  close(): void {
    this.#depth -= 1
    if (this.#place === undefined) {
      this.#path.pop()
      return
    }
    const { parent } = this.#place
    if (parent !== this.#root) {
      this.#place = parent
      return
    }
    const place = this.#place
    this.#place = undefined
    this.#path.pop()
    const raw = this.#scanner?.kept() ?? ''
    if (this.#isVersionOne) {
      this.#wait(this.#nodes)
      this.#documents.push({ place, raw })
      return
    }
    const around = { context: this.#context, numbers: this.#numbers }
    for (const met of readDocument(place, around)) this.#ready.push({ ...met, raw })
  }

  async turn(): Promise<void> {
    for (let taken = this.#ready.shift(); taken !== undefined; taken = this.#ready.shift())
      await this.#take(taken)
  }

  /** What waited for the end of the file. */
  async end(): Promise<void> {
    for (const { place, raw } of this.#documents) {
      const { document, faults } = inVersionTwo(place, { goods: this.#goods, partners: this.#partners })
      const around = { context: this.#context, numbers: this.#numbers, root: document }
      for (const met of readDocument(document, around)) {
        await this.#take({
          ...('reading' in met ? { reading: withMore(met.reading, faults, place) } : met),
          raw,
        })
      }
    }
    await this.turn()
  }

  #openRoot({ local, uri, attributes }: XmlElement): void {
    if (local !== 'КоммерческаяИнформация') throw new Unreadable(notCommerceMl(local))
    const given = new Map(attributes.map((one) => [one.local, one.value.trim()]))
    const version = given.get('ВерсияСхемы') ?? ''
    const known = Object.hasOwn(namespaces, uri) ? namespaces[uri] : undefined
    if (known?.test(version) !== true) throw new Unreadable(unknownSchema(version, uri))
    this.#isVersionOne = version === '' && uri === ''
    this.#numbers = numberFormatOf(given.get('ФорматСуммы'))
  }

  /** Straight under the root, or in a container of version 3. */
  #isDocument(local: string): boolean {
    if (local !== 'Документ') return false
    return this.#path.length === 1 || (this.#path.length === 2 && this.#path[0] === 'Контейнер')
  }

  #remember(element: XmlElement): void {
    const place = new Place(element)
    const id = place.attributes.get('ИдентификаторВКаталоге') ?? place.attributes.get('Идентификатор')
    if (id === undefined) return
    this.#wait(1)
    if (element.local === 'Товар') this.#goods.set(id, place)
    else this.#partners.set(id, place)
  }

  #wait(nodes: number): void {
    this.#waiting += nodes
    if (this.#waiting > maxWaiting) throw new Unreadable(documentTooLarge(maxWaiting))
  }
}

const withMore = (
  reading: ForeignReading,
  faults: ForeignReading['faults'],
  place: Place,
): ForeignReading => {
  const { document, ...rest } = reading
  const all = { ...rest, unread: unreadOf(place), faults: [...faults, ...reading.faults] }
  return all.faults.length === 0 && document !== undefined ? { ...all, document } : all
}
