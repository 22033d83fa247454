import type { Place } from '../tree.ts'

/** Any field of the document language may be given by a requisite with this prefix: `ЭДО.seller.bank.iik`. */
export const ownPrefix = 'ЭДО.'

/** ЗначенияРеквизитов of a document or a line: named values, looked up without regard to case and spaces. */
export class Requisites {
  readonly #byName = new Map<string, Place>()
  readonly #all: Place[]

  constructor(owner: Place) {
    this.#all = [
      ...owner.inside('ЗначенияРеквизитов', 'ЗначениеРеквизита'),
      ...owner.inside('ДополнительныеЗначенияРеквизитов', 'ЗначениеРеквизита'),
    ]
    for (const one of this.#all) {
      const name = one.one('Наименование')?.text.trim() ?? ''
      if (name !== '' && !this.#byName.has(plain(name))) this.#byName.set(plain(name), one)
    }
  }

  /** The value under the first of the names that is there and says something. */
  find(...names: string[]): Place | undefined {
    for (const name of names) {
      const one = this.#byName.get(plain(name))
      const value = one?.one('Значение')
      if (one === undefined || value === undefined || value.text.trim() === '') continue
      one.one('Наименование')?.take()
      return value
    }
    return undefined
  }

  /** Values that name a field of the document language themselves; long ones come in several pieces. */
  own(): { path: string; value: string; place: Place }[] {
    return this.#all.flatMap((one) => {
      const name = one.one('Наименование')
      if (name?.text.trim().startsWith(ownPrefix) !== true) return []
      const pieces = one.children.filter((child) => child.name === 'Значение')
      const path = (name.take() ?? '').slice(ownPrefix.length)
      const value = pieces.map((piece) => (piece.take(), piece.text)).join('')
      return [{ path, value, place: one }]
    })
  }
}

const plain = (name: string): string => name.toLowerCase().replace(/[\s_]+/g, '')
