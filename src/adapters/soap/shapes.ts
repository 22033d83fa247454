/**
 * The values that operations take and give, declared once: the WSDL, the reader of requests and the writer of
 * answers follow from here and cannot disagree.
 */

export type SimpleType = 'string' | 'boolean' | 'int' | 'base64Binary' | 'dateTime' | 'date'

/** A value a request brings. Nillable ones may also be left out: hand-written clients do. */
export type Parameter =
  | { name: string; is: 'text'; max: number; nillable?: boolean; codes?: readonly string[] }
  | { name: string; is: 'integer'; min: number; max: number; nillable?: boolean }
  /** Kept as text: a number of 1C has no exponent and may have places. */
  | { name: string; is: 'decimal'; max: number; nillable?: boolean }
  | { name: string; is: 'boolean'; nillable?: boolean }
  | { name: string; is: 'bytes'; maxBytes: number; nillable?: boolean }
  /** A document of the kind whose XSD type is `type`. */
  | { name: string; is: 'document'; type: string; nillable?: false }

/** One member of an answer. */
export interface Member {
  name: string
  type: SimpleType | Structure
  /** `nillable`: always there, `xsi:nil` when undefined. `optional`: left out when undefined. `many`: any number. */
  occurs?: 'nillable' | 'optional' | 'many'
}

/** A complex type, of the service's namespace unless it names its own. */
export interface Structure {
  name: string
  namespace?: string
  members: readonly Member[]
}

/** What a member holds before it is written: instants as `Date`, bytes as bytes. */
export type Value = string | boolean | number | Date | Uint8Array | Values | Value[] | undefined
export interface Values {
  [name: string]: Value
}

/** One operation as the WSDL shows it. */
export interface SoapOperation {
  name: string
  takes: readonly Parameter[]
  /** `return` first, then the out-parameters. */
  gives: readonly Member[]
}

/**
 * One web service by the strings that an administrator types into 1C. A published one never changes in place,
 * 1C caches its WSDL for a day: a change is a new name and namespace.
 */
export interface SoapService<Operation extends SoapOperation = SoapOperation> {
  name: string
  port: string
  namespace: string
  /** In the order of the WSDL. */
  operations: readonly Operation[]
}

export const soapActionOf = ({ namespace, name }: SoapService, operation: string): string =>
  `${namespace}#${name}:${operation}`
