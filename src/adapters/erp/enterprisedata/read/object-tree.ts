/**
 * One object of a message as it was written: a small tree that lives until the object is mapped. The whole package
 * never stands in memory as a tree.
 */
export interface EdNode {
  name: string
  uri: string
  text: string
  children: EdNode[]
  parent: EdNode | undefined
  /** Among the rows of its table, from 1; 0 for what is no row. */
  row: number
  /** Something asked for its value. */
  isRead: boolean
  /** Its way from the object, once somebody has asked for it. */
  path: string | undefined
}

export const newNode = (name: string, uri: string, parent: EdNode | undefined): EdNode => {
  const node: EdNode = { name, uri, text: '', children: [], parent, row: 0, isRead: false, path: undefined }
  if (parent !== undefined) {
    parent.children.push(node)
    if (name === 'Строка') node.row = parent.children.length
  }
  return node
}

const label = (node: EdNode): string => (node.row === 0 ? node.name : `${node.name}[${node.row}]`)

/** `РеализацияТоваровУслуг КС00-000016/Товары/Строка[1]/Цена`: what a person can find in 1C. */
export const pathOf = (node: EdNode): string =>
  (node.path ??= node.parent === undefined ? label(node) : `${pathOf(node.parent)}/${label(node)}`)

export const childOf = (node: EdNode | undefined, name: string): EdNode | undefined => {
  if (node === undefined) return undefined
  for (const child of node.children) if (child.name === name) return child
  return undefined
}

/** Down a way of names; undefined where it ends. */
export const nodeAt = (node: EdNode | undefined, ...names: string[]): EdNode | undefined => {
  let at = node
  for (const name of names) at = childOf(at, name)
  return at
}

export const rowsOf = (object: EdNode, table: string): EdNode[] =>
  childOf(object, table)?.children.filter(({ name }) => name === 'Строка') ?? []

/** A text that says something; 1C writes empty elements and pads codes with spaces. */
export const textOf = (node: EdNode | undefined): string | undefined => {
  if (node === undefined) return undefined
  node.isRead = true
  const text = node.text.trim()
  return text === '' ? undefined : text
}

const emptyReference = '00000000-0000-0000-0000-000000000000'
const reference = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A GUID of 1C in lower case; undefined when it is missing, empty or no GUID. */
export const referenceOf = (node: EdNode | undefined): string | undefined => {
  const text = textOf(childOf(node, 'Ссылка'))?.toLowerCase()
  return text !== undefined && text !== emptyReference && reference.test(text) ? text : undefined
}

/** Everything below is accounted for: it says again what stands elsewhere. */
export const markRead = (node: EdNode | undefined): void => {
  if (node === undefined) return
  node.isRead = true
  node.children.forEach(markRead)
}

/** Leaves with a value that nothing asked for. */
export const unreadIn = (node: EdNode, found: EdNode[] = []): EdNode[] => {
  if (node.children.length === 0) {
    if (!node.isRead && node.text !== '' && node.text.trim() !== '') found.push(node)
  } else for (const child of node.children) unreadIn(child, found)
  return found
}
