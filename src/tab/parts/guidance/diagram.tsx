import { Button, makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { ZoomIn20Regular, ZoomOut20Regular } from '@fluentui/react-icons';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { FlowView } from '../../../web/desk/contract.ts';
import { VERDICT_NAMES } from '../../words.ts';
import { readDrawing, type Shape } from './drawing.ts';
import type { Outcome } from './walk.ts';

const useStyles = makeStyles({
  tools: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXS },
  amount: { minWidth: '4ch', textAlign: 'center', fontVariantNumeric: 'tabular-nums' },
  scroller: {
    overflow: 'auto',
    maxHeight: '70vh',
    background: tokens.colorNeutralBackground1,
    border: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    ':focus-visible': { outline: `${tokens.strokeWidthThick} solid ${tokens.colorStrokeFocus2}` },
  },
  // The boxes were made to fit these letters.
  drawing: { display: 'block', fontFamily: 'Arial, sans-serif' },
  box: { stroke: tokens.colorNeutralStrokeAccessible, fill: tokens.colorNeutralBackground1 },
  calm: { fill: tokens.colorNeutralBackground3 },
  good: { fill: tokens.colorStatusSuccessBackground1 },
  careful: { fill: tokens.colorStatusWarningBackground1 },
  grave: { fill: tokens.colorStatusDangerBackground1 },
  passed: { stroke: tokens.colorBrandStroke1, strokeWidth: 2 },
  here: { stroke: tokens.colorBrandStroke1, strokeWidth: 4 },
  arrow: { stroke: tokens.colorNeutralStrokeAccessible, fill: 'none' },
  head: { stroke: tokens.colorNeutralStrokeAccessible, fill: tokens.colorNeutralStrokeAccessible },
  words: { fill: tokens.colorNeutralForeground1 },
});

type Tone = 'calm' | 'good' | 'careful' | 'grave';

const TONES: Readonly<Record<Outcome['verdict'], Tone>> = {
  information: 'calm',
  yes: 'good',
  'yes-if': 'careful',
  'ask-first': 'careful',
  no: 'grave',
  report: 'grave',
  'act-now': 'grave',
};

/** How large it is drawn, from smallest to largest. At 100% its letters are about as large as those of the page. */
const SIZES = [50, 75, 100, 125, 150] as const;
/** Pixels for one unit of the drawing, at 100%. */
const SCALE = 1.2;

type Props = {
  readonly flow: FlowView;
  /** The question or the outcome at which the reader stands, and those that they came by. */
  readonly here: string;
  readonly passed: readonly string[];
};

/** The whole topic at a glance. What it says stands in words beneath it, so that nobody needs to see it. */
export function Diagram({ flow, here, passed }: Props) {
  const styles = useStyles();
  const drawing = useMemo(() => readDrawing(flow.diagram), [flow.diagram]);
  const [size, setSize] = useState(1);
  const scroller = useRef<HTMLDivElement>(null);
  const percent = SIZES[size] ?? 100;
  const scale = (SCALE * percent) / 100;

  // biome-ignore lint/correctness/useExhaustiveDependencies: at another size, everything is at another place.
  useEffect(() => {
    const box = scroller.current?.querySelector(`[data-box="${CSS.escape(here)}"]`);
    if (scroller.current !== null && box instanceof SVGElement) bringIntoView(scroller.current, box);
  }, [here, scale]);

  /** A box as it is drawn, with its verdict in the words of the page. */
  const named = (box: Shape): Shape => {
    const verdict = flow.outcomes[box.name]?.verdict;
    const [first, ...others] = box.texts;
    if (verdict === undefined || first === undefined) return box;
    return { ...box, texts: [{ ...first, words: VERDICT_NAMES[verdict].toUpperCase() }, ...others] };
  };
  const toneOf = (box: Shape): string | undefined => {
    const verdict = flow.outcomes[box.name]?.verdict;
    return verdict === undefined ? undefined : styles[TONES[verdict]];
  };
  return (
    <>
      <div className={styles.tools}>
        <Button
          appearance="subtle"
          icon={<ZoomOut20Regular />}
          aria-label="Smaller diagram"
          disabledFocusable={size === 0}
          onClick={() => setSize(size - 1)}
        />
        <Text className={styles.amount} size={200} aria-live="polite">
          {percent}%
        </Text>
        <Button
          appearance="subtle"
          icon={<ZoomIn20Regular />}
          aria-label="Larger diagram"
          disabledFocusable={size === SIZES.length - 1}
          onClick={() => setSize(size + 1)}
        />
      </div>
      <section
        ref={scroller}
        className={styles.scroller}
        aria-label="Diagram"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so that the keyboard must reach it.
        tabIndex={0}
      >
        <svg
          className={styles.drawing}
          role="img"
          aria-label={`Diagram of the topic “${flow.title}”. The list “Every way through” says the same in words.`}
          viewBox={`0 0 ${drawing.width} ${drawing.height}`}
          width={drawing.width * scale}
          height={drawing.height * scale}
        >
          <g transform={drawing.transform}>
            {drawing.arrows.map((arrow, index) => (
              <Drawn
                // Two options of one question may lead to the same place.
                // biome-ignore lint/suspicious/noArrayIndexKey: the drawing never changes its order.
                key={index}
                shape={arrow}
                line={styles.arrow}
                head={styles.head}
                words={styles.words}
              />
            ))}
            {drawing.boxes.map((box) => (
              <Drawn
                key={box.name}
                shape={named(box)}
                line={mergeClasses(
                  styles.box,
                  toneOf(box),
                  passed.includes(box.name) && styles.passed,
                  box.name === here && styles.here,
                )}
                words={styles.words}
              />
            ))}
          </g>
        </svg>
      </section>
    </>
  );
}

type DrawnProps = {
  readonly shape: Shape;
  readonly line: string;
  readonly head?: string;
  readonly words: string;
};

function Drawn({ shape, line, head, words }: DrawnProps) {
  return (
    <g data-box={shape.name}>
      {shape.lines.map((d) => (
        <path key={d} className={line} d={d} />
      ))}
      {shape.heads.map((points) => (
        <polygon key={points} className={head} points={points} />
      ))}
      {shape.texts.map(({ x, y, size, words: text }) => (
        <text key={`${x} ${y}`} className={words} x={x} y={y} fontSize={size} textAnchor="middle">
          {text}
        </text>
      ))}
    </g>
  );
}

/** Scrolls the diagram alone, and not the page around it. */
function bringIntoView(scroller: HTMLElement, box: SVGElement): void {
  const outer = scroller.getBoundingClientRect();
  const inner = box.getBoundingClientRect();
  scroller.scrollTo({
    left: scroller.scrollLeft + inner.left + inner.width / 2 - outer.left - outer.width / 2,
    top: scroller.scrollTop + inner.top + inner.height / 2 - outer.top - outer.height / 2,
  });
}
