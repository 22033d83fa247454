/** Writes `docs/configuration.md` from the declared settings; a test keeps the two equal. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { configurationPage, gatewaySettings } from '../src/adapters/config/index.ts'

const page = fileURLToPath(new URL('../docs/configuration.md', import.meta.url))
mkdirSync(dirname(page), { recursive: true })
const options = await resolveConfig(page)
writeFileSync(
  page,
  await format(configurationPage(gatewaySettings.settings), { ...options, parser: 'markdown' }),
)
