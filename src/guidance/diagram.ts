import type { Flow, Verdict } from './types.ts';

const COLOURS: Readonly<Record<Verdict, string>> = {
  information: '#e8f1fb',
  yes: '#e6f4ea',
  'yes-if': '#fff4d6',
  'ask-first': '#fff4d6',
  no: '#fde7e7',
  report: '#fde7e7',
  'act-now': '#f9c9c9',
};

/** A flow as a graph in the DOT language: questions as boxes, options as arrows, outcomes in the colour of their verdict. */
export function diagram(flow: Flow): string {
  const lines = [
    'digraph {',
    '  rankdir=LR; nodesep=0.12; ranksep=0.5;',
    '  node [fontname="Arial", fontsize=11, shape=box, style="rounded,filled", fillcolor="#ffffff", margin="0.14,0.08"];',
    '  edge [fontname="Arial", fontsize=10];',
  ];
  for (const [id, question] of Object.entries(flow.questions)) {
    lines.push(`  ${quote(id)} [label=${quote(wrap(question.ask))}];`);
    for (const option of question.options) {
      lines.push(`  ${quote(id)} -> ${quote(option.next)} [label=${quote(wrap(option.label))}];`);
    }
  }
  for (const [id, outcome] of Object.entries(flow.outcomes)) {
    const label = `${outcome.verdict.toUpperCase()}\n${wrap(outcome.headline)}\n(${id})`;
    lines.push(`  ${quote(id)} [label=${quote(label)}, fillcolor="${COLOURS[outcome.verdict]}"];`);
  }
  return [...lines, '}'].join('\n');
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

const WIDTH = 26;

/** Breaks a label into lines of about the same width. */
function wrap(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + word.length >= WIDTH) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
