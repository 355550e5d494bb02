/**
 * Reads what the server drew of a flow. Only shapes and words are taken from it, and the page draws them anew: so nothing
 * from outside becomes a part of the page, and the drawing has the colours of the reader's theme.
 */

export type Text = { readonly x: string; readonly y: string; readonly size: string; readonly words: string };

export type Shape = {
  /** The id of a question or an outcome; of an arrow, the ids at both of its ends. */
  readonly name: string;
  /** Outlines and lines, as the `d` of an SVG path. */
  readonly lines: readonly string[];
  /** Heads of arrows, as the `points` of an SVG polygon. */
  readonly heads: readonly string[];
  readonly texts: readonly Text[];
};

export type Drawing = {
  /** In the drawing's own units, of which a letter is about eleven high. */
  readonly width: number;
  readonly height: number;
  readonly transform: string;
  readonly boxes: readonly Shape[];
  readonly arrows: readonly Shape[];
};

export function readDrawing(svg: string): Drawing {
  const root = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
  const [, , width = 0, height = 0] = (root.getAttribute('viewBox') ?? '').split(' ').map(Number);
  const shapesOf = (kind: string): Shape[] => [...root.querySelectorAll(`g.${kind}`)].map(readShape);
  return {
    width,
    height,
    transform: root.querySelector('g.graph')?.getAttribute('transform') ?? '',
    boxes: shapesOf('node'),
    arrows: shapesOf('edge'),
  };
}

function readShape(group: Element): Shape {
  const all = (selector: string, attribute: string): string[] =>
    [...group.querySelectorAll(selector)].flatMap((element) => element.getAttribute(attribute) ?? []);
  return {
    name: group.querySelector('title')?.textContent ?? '',
    lines: all('path', 'd'),
    heads: all('polygon', 'points'),
    texts: [...group.querySelectorAll('text')].map((text) => ({
      x: text.getAttribute('x') ?? '0',
      y: text.getAttribute('y') ?? '0',
      size: text.getAttribute('font-size') ?? '11',
      words: text.textContent,
    })),
  };
}
