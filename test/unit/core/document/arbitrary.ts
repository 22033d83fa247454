import fc from 'fast-check'
import type { Document, DocumentKind } from '../../../../src/core/document/index.ts'
import { declarations } from '../../../../src/core/document/index.ts'
import type { Field, LeafForm, RecordForm } from '../../../../src/core/document/language/declare.ts'

/** Any document the declarations allow, whether or not the rules do. Derived like everything else from the declaration. */

const digits = (min: number, max: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: min, maxLength: max })

const decimalText = (whole: number, fraction: number, places: number): fc.Arbitrary<string> =>
  fc.tuple(fc.boolean(), digits(1, whole), digits(places, fraction)).map(([isNegative, left, right]) => {
    const before = left.replace(/^0+(?=\d)/, '')
    const after = right.replace(/0+$/, '').padEnd(places, '0')
    const text = after === '' ? before : `${before}.${after}`
    return isNegative && /[1-9]/.test(text) ? `-${text}` : text
  })

const day = fc
  .date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2999-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))

/** Characters a form may hold: three alphabets, what XML escapes, quotes, an emoji, line breaks within. */
const characters = fc.constantFrom(...'abzABZ059 «»"\'&<>;]-.,әғқңөұүһіАЯёй№\n\t', '😀')

const leafOf = (form: LeafForm): fc.Arbitrary<unknown> => {
  switch (form.is) {
    case 'text':
      if (form.pattern !== undefined) {
        return fc
          .stringMatching(new RegExp(`^(?:${form.pattern})$`))
          .filter((text) => text.length <= form.max)
      }
      return fc
        .string({ unit: characters, minLength: 1, maxLength: Math.min(20, form.max) })
        .map((text) => text.slice(0, form.max).trim())
        .filter((text) => text !== '' && !/\p{Cs}/u.test(text))
    case 'decimal':
      return decimalText(form.digits - form.fraction, form.fraction, form.places)
    case 'date':
      return day
    case 'boolean':
      return fc.boolean()
    case 'code':
      return fc.constantFrom(...form.codes)
    case 'bytes':
      return fc
        .uint8Array({ minLength: 1, maxLength: 90 })
        .map((bytes) => Buffer.from(bytes).toString('base64'))
  }
}

const recordOf = (form: RecordForm): fc.Arbitrary<Record<string, unknown>> => {
  const model: Record<string, fc.Arbitrary<unknown>> = {}
  const requiredKeys: string[] = []
  for (const [key, field] of Object.entries(form.shape)) {
    model[key] = fieldOf(field)
    if (field.presence !== 'optional') requiredKeys.push(key)
  }
  // A record in which nothing is written is an absent one.
  return fc.record(model, { requiredKeys }).filter((made) => Object.keys(made).length > 0)
}

const fieldOf = ({ form }: Field): fc.Arbitrary<unknown> => {
  if (form.is === 'list') {
    const item = form.item.is === 'record' ? recordOf(form.item) : leafOf(form.item)
    return fc.array(item, { minLength: 1, maxLength: 2 })
  }
  return form.is === 'record' ? recordOf(form) : leafOf(form)
}

export const anyDocument = (kind: DocumentKind): fc.Arbitrary<Document> =>
  recordOf(declarations[kind]).map((made) => ({ kind, ...made }) as unknown as Document)
