import MarkdownIt from 'markdown-it';

export const html = new MarkdownIt().utils.escapeHtml;

/** A whole page without scripts, fit to be printed. @param body HTML, with all that is not ours escaped. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

const STYLE = `
@page { size: A4; margin: 16mm 14mm; }
body { font: 10pt/1.4 Arial, sans-serif; color: #212b32; max-width: 182mm; margin: 0 auto; padding: 0 4mm; }
h1 { font-size: 22pt; line-height: 1.15; margin-bottom: 2mm; } h2 { font-size: 14pt; margin: 9mm 0 1mm; break-after: avoid; }
.lead { font-size: 14pt; margin: 0 0 4mm; } .about { font-size: 9pt; color: #4c6272; margin: 0 0 2mm; break-after: avoid; }
.summary { border-left: 2mm solid #005eb8; padding: 0 0 0 5mm; } .summary h2 { margin-top: 0; } .summary ul { padding-left: 5mm; margin: 1mm 0 5mm; }
section { break-inside: avoid; } section.long { break-inside: auto; }
table { border-collapse: collapse; width: 100%; font-size: 9pt; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { border-bottom: 1px solid #d8dde0; padding: 1.2mm 2mm 1.2mm 0; text-align: left; vertical-align: top; overflow-wrap: break-word; }
thead th { border-bottom: 1.5px solid #4c6272; vertical-align: bottom; } tbody th { font-weight: normal; }
thead { display: table-header-group; } tr { break-inside: avoid; }
td.number { white-space: nowrap; } .number { text-align: right; padding-left: 2mm; font-variant-numeric: tabular-nums; }
.facts th { width: 38mm; background: #f0f4f5; padding-left: 2mm; font-weight: bold; } .facts td { padding-left: 2mm; }
.bar { width: 60mm; padding: 1.6mm 0 0 4mm; border-bottom-color: transparent; } thead .bar { border-bottom-color: transparent; }
.bar div { height: 3.2mm; background: #005eb8; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
figure { margin: 2mm 0 3mm; } figure svg { width: 100%; height: auto; } figure text { font: 10px Arial, sans-serif; fill: #4c6272; }
figcaption { font-size: 9pt; } figcaption span { margin-right: 8mm; white-space: nowrap; } figcaption svg { width: 30px; height: 10px; }
@media screen { body { padding-bottom: 20mm; } }
`;
