import type { Document } from '../../core/document/index.ts'

/** Parameters as read and checked: what the operation declares is there and of the declared type. */
export class Arguments {
  private readonly values: ReadonlyMap<string, string | number | boolean | Uint8Array | Document>

  constructor(values: ReadonlyMap<string, string | number | boolean | Uint8Array | Document>) {
    this.values = values
  }

  text(name: string): string {
    return this.wanted(name, this.optionalText(name))
  }

  optionalText(name: string): string | undefined {
    const value = this.values.get(name)
    return typeof value === 'string' ? value : undefined
  }

  integer(name: string): number {
    return this.wanted(name, this.optionalInteger(name))
  }

  optionalInteger(name: string): number | undefined {
    const value = this.values.get(name)
    return typeof value === 'number' ? value : undefined
  }

  flag(name: string): boolean {
    const value = this.values.get(name)
    return this.wanted(name, typeof value === 'boolean' ? value : undefined)
  }

  bytes(name: string): Uint8Array {
    return this.wanted(name, this.optionalBytes(name))
  }

  optionalBytes(name: string): Uint8Array | undefined {
    const value = this.values.get(name)
    return value instanceof Uint8Array ? value : undefined
  }

  document(name: string): Document {
    const value = this.values.get(name)
    return this.wanted(name, typeof value === 'object' && 'kind' in value ? value : undefined)
  }

  private wanted<T>(name: string, value: T | undefined): T {
    if (value === undefined) throw new Error(`the operation reads ${name}, which it does not declare`)
    return value
  }
}
