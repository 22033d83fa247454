/** PDF of every kind of document, its official form and the sheet of signatures. See README.md. */
export { layoutOf, type Layout } from './layout.ts'
export { PdfPrinter, type PdfPrinterOptions } from './pdf-printer.ts'
export { printDocument } from './print-document.ts'
