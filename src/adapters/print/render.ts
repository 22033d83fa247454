import { readFileSync } from 'node:fs'
import pdfmake from 'pdfmake'
import type { CustomTableLayout } from 'pdfmake'
import type { Layout } from './layout.ts'
import { gridLine, gridPadding, pageMargins } from './paper.ts'

/**
 * pdfmake at work. The fonts are Noto Sans (OFL), embedded as subsets: all letters of Kazakh and Russian are in them,
 * and the page looks the same everywhere.
 */

type Definition = Parameters<typeof pdfmake.createPdf>[0]

/** In the server build, missing from its types: files that live in memory only. */
const { virtualfs } = pdfmake as typeof pdfmake & {
  virtualfs: { writeFileSync(name: string, content: Buffer): void }
}

const faces = {
  normal: '400Regular/NotoSans_400Regular.ttf',
  bold: '700Bold/NotoSans_700Bold.ttf',
  italics: '400Regular_Italic/NotoSans_400Regular_Italic.ttf',
}

const line = '#000000'

const none = () => 0
const tableLayouts: Record<string, CustomTableLayout> = {
  /** Thin lines around every cell. */
  grid: {
    hLineWidth: () => gridLine,
    vLineWidth: () => gridLine,
    hLineColor: () => line,
    vLineColor: () => line,
    paddingLeft: () => gridPadding,
    paddingRight: () => gridPadding,
    paddingTop: () => 1.5,
    paddingBottom: () => 1.5,
  },
  /** Only the borders that cells ask for, text close to them. */
  form: {
    hLineWidth: () => gridLine,
    vLineWidth: none,
    paddingLeft: none,
    paddingRight: none,
    paddingTop: none,
    paddingBottom: none,
  },
  thickRule: { hLineWidth: () => 1.5, vLineWidth: none, paddingTop: none, paddingBottom: none },
  bare: {
    hLineWidth: none,
    vLineWidth: none,
    paddingLeft: none,
    paddingRight: () => 4,
    paddingTop: () => 1,
    paddingBottom: () => 1,
  },
}

const styles: Definition['styles'] = {
  title: { fontSize: 11, bold: true, alignment: 'center' },
  documentTitle: { fontSize: 14, bold: true, margin: [0, 4, 0, 4] },
  section: { fontSize: 8.5, bold: true, margin: [0, 6, 0, 2] },
  columnNumber: { alignment: 'center', fontSize: 6.5 },
  caption: { alignment: 'center', fontSize: 6, italics: true },
  mark: { alignment: 'right', fontSize: 6.5, margin: [0, 0, 0, 4] },
  footnote: { fontSize: 6, margin: [0, 8, 0, 0] },
}

let prepared = false

/** Fonts are read once for each thread. Nothing else may be read, from the disk or the network, by any document. */
const prepare = (): void => {
  if (prepared) return
  for (const path of Object.values(faces)) {
    const file = new URL(import.meta.resolve(`@expo-google-fonts/noto-sans/${path}`))
    virtualfs.writeFileSync(path, readFileSync(file))
  }
  pdfmake.setFonts({ NotoSans: { ...faces, bolditalics: faces.bold } })
  pdfmake.setTableLayouts(tableLayouts)
  pdfmake.setUrlAccessPolicy(() => false)
  pdfmake.setLocalAccessPolicy(() => false)
  prepared = true
}

/** The PDF of a layout. The same layout gives the same bytes. */
export const renderPdf = async (layout: Layout): Promise<Uint8Array> => {
  prepare()
  const { footer, createdAt } = layout
  const definition: Definition = {
    pageSize: 'A4',
    pageOrientation: layout.orientation,
    pageMargins,
    content: layout.content,
    styles,
    defaultStyle: { font: 'NotoSans', fontSize: 8 },
    language: layout.language,
    version: '1.7',
    displayTitle: true,
    info: {
      title: layout.title,
      creator: 'Daneker',
      producer: 'Daneker',
      creationDate: createdAt,
      modDate: createdAt,
    },
    footer: (page, pages) => ({
      columns: [
        { text: footer.document, width: '*' },
        { text: `${footer.page} ${page} ${footer.of} ${pages}`, width: 'auto' },
      ],
      fontSize: 6.5,
      color: '#444444',
      margin: [pageMargins[0], 12, pageMargins[2], 0],
    }),
  }
  return pdfmake.createPdf(definition).getBuffer()
}
