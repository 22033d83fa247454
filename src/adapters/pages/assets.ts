import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

export interface Asset {
  body: Buffer
  type: string
  /** Changes with the content, so browsers may keep it for ever. */
  path: string
  version: string
}

const asset = (name: string, type: string): Asset => {
  const body = readFileSync(new URL(`./assets/${name}`, import.meta.url))
  const version = createHash('sha256').update(body).digest('hex').slice(0, 12)
  return { body, type, version, path: `/pages/${version}/${name}` }
}

export const pageScript = asset('page.js', 'text/javascript; charset=utf-8')
export const pageStyle = asset('page.css', 'text/css; charset=utf-8')
