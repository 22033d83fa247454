import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** A YAML file that is not settings (`trust.yaml`, calendars): parsed, to be judged by whoever reads it. */
export const readYamlFile = (path: string): unknown =>
  parse(readFileSync(path, 'utf8'), { uniqueKeys: true, strict: true }) as unknown
