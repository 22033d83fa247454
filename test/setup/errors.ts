import { isNativeError } from 'node:util/types'

// Jest runs each file in a realm of its own, where `error instanceof Error` is false for every error that Node
// itself makes (a refused connection, a missing file). Here it is answered as it would be in the gateway.
const ordinary = Function.prototype[Symbol.hasInstance] as (this: unknown, value: unknown) => boolean

for (const kind of [Error, TypeError, RangeError, SyntaxError, URIError, EvalError, ReferenceError]) {
  Object.defineProperty(kind, Symbol.hasInstance, {
    configurable: true,
    value(this: unknown, value: unknown): boolean {
      if (ordinary.call(this, value)) return true
      // Classes made from these inherit this function; theirs is the ordinary answer.
      if (this !== kind || !isNativeError(value)) return false
      for (let prototype: unknown = value; prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
        if (Object.hasOwn(prototype as object, 'constructor')) {
          if ((prototype as object).constructor.name === kind.name) return true
        }
      }
      return false
    },
  })
}
