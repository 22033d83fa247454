import type { Words } from '../../kernel/index.ts'
import type { Field, LeafForm, RecordForm } from './declare.ts'

/** JSON Schema of draft 2020-12. */
export type JsonSchema = Record<string, unknown>

const titled = (title: Words): JsonSchema => ({ title: title.en, description: `${title.ru} / ${title.kk}` })

const leafSchema = (form: LeafForm): JsonSchema => {
  switch (form.is) {
    case 'text':
      return {
        type: 'string',
        minLength: 1,
        maxLength: form.max,
        ...(form.pattern === undefined ? {} : { pattern: `^(?:${form.pattern})$`, examples: [form.example] }),
      }
    case 'decimal': {
      const whole = `[+-]?\\d{1,${form.digits - form.fraction}}`
      return {
        type: 'string',
        pattern: form.fraction === 0 ? `^${whole}$` : `^${whole}(\\.\\d{1,${form.fraction}})?$`,
        examples: [form.places === 2 ? '1200.50' : '1.5'],
      }
    }
    case 'date':
      return { type: 'string', format: 'date', examples: ['2026-03-31'] }
    case 'boolean':
      return { type: 'boolean' }
    case 'code':
      return { type: 'string', enum: [...form.codes] }
    case 'bytes':
      return { type: 'string', contentEncoding: 'base64', maxLength: Math.ceil(form.maxBytes / 3) * 4 }
  }
}

class Definitions {
  readonly all: Record<string, JsonSchema> = {}

  refer(form: RecordForm): JsonSchema {
    if (!Object.hasOwn(this.all, form.name)) {
      this.all[form.name] = {}
      this.all[form.name] = this.define(form)
    }
    return { $ref: `#/$defs/${form.name}` }
  }

  define(form: RecordForm, kind?: string): JsonSchema {
    const properties: Record<string, JsonSchema> = kind === undefined ? {} : { kind: { const: kind } }
    const required: string[] = kind === undefined ? [] : ['kind']
    for (const [key, field] of Object.entries(form.shape)) {
      properties[key] = this.property(field)
      if (field.presence === 'required') required.push(key)
    }
    return { type: 'object', ...titled(form.title), properties, required, additionalProperties: false }
  }

  private property({ form, title, fallback, presence }: Field): JsonSchema {
    const byDefault =
      fallback === undefined ? {} : { default: form.is === 'boolean' ? fallback === 'true' : fallback }
    if (form.is !== 'list') return { ...this.value(form), ...titled(title), ...byDefault }
    const least = presence === 'required' ? { minItems: 1 } : {}
    return { type: 'array', items: this.value(form.item), ...least, maxItems: form.max, ...titled(title) }
  }

  private value(form: LeafForm | RecordForm): JsonSchema {
    return form.is === 'record' ? this.refer(form) : leafSchema(form)
  }
}

/** One schema that takes every kind, told apart by `kind`; each kind is a definition under its root element's name. */
export const jsonSchema = (id: string, roots: Readonly<Record<string, RecordForm>>): JsonSchema => {
  const definitions = new Definitions()
  const oneOf = Object.entries(roots).map(([kind, form]) => {
    definitions.all[form.name] = definitions.define(form, kind)
    return { $ref: `#/$defs/${form.name}` }
  })
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: id,
    title: 'Document',
    oneOf,
    $defs: definitions.all,
  }
}
