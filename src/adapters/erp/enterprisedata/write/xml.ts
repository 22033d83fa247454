import { escaped } from '../../../soap/index.ts'

/** Elements as text. What is undefined is not written. */
export type Xml = string | undefined

export const leaf = (name: string, text: string | boolean | number | undefined): Xml =>
  text === undefined ? undefined : `<${name}>${escaped(String(text))}</${name}>`

/** An element with content, even without any. */
export const tag = (name: string, ...content: Xml[]): string =>
  `<${name}>${content.filter((one) => one !== undefined).join('')}</${name}>`

/** An element that is there only with content. */
export const group = (name: string, ...content: Xml[]): Xml =>
  content.every((one) => one === undefined) ? undefined : tag(name, ...content)
