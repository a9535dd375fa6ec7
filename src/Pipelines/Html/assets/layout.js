// Where everything stands: the loops of a run are cards, their blocks are rows, and dagre puts the cards from left to right.

export const rowWidth = 212;
export const rowHeight = 60;
const rowGap = 14;
const padding = 12;
const captionHeight = 20;
const mostRows = 9;
const labelWidth = 92;
const labelHeight = 30;

function cardsOf(graph) {
  const cards = [];
  const byIsland = new Map();
  graph.blocks.forEach((block, index) => {
    let card = block.island > 0 ? byIsland.get(block.island) : undefined;
    if (!card) {
      card = { island: block.island, blocks: [], number: cards.length };
      cards.push(card);
      if (block.island > 0) {
        byIsland.set(block.island, card);
      }
    }
    card.blocks.push(index);
  });
  return cards;
}

// A long loop stands in several columns.
function measure(card) {
  const columns = Math.ceil(card.blocks.length / mostRows);
  card.rows = Math.ceil(card.blocks.length / columns);
  card.width = columns * rowWidth + (columns - 1) * rowGap + 2 * padding;
  card.height = captionHeight + card.rows * rowHeight + (card.rows - 1) * rowGap + 2 * padding;
}

function placeRows(card, blocks) {
  card.blocks.forEach((index, place) => {
    const column = Math.floor(place / card.rows);
    const row = place % card.rows;
    const x = card.x + padding + column * (rowWidth + rowGap);
    const y = card.y + captionHeight + padding + row * (rowHeight + rowGap);
    blocks[index] = { x, y, column, row, place, card };
  });
}

/** Cards, rows and the way of each link. */
export function layOut(graph) {
  const cards = cardsOf(graph);
  const cardOf = [];
  const layout = new dagre.graphlib.Graph({ multigraph: true });
  layout.setGraph({ rankdir: "LR", nodesep: 28, ranksep: 34, edgesep: 16, marginx: 18, marginy: 18, ranker: graph.blocks.length > 150 ? "tight-tree" : "network-simplex" });
  for (const card of cards) {
    measure(card);
    layout.setNode(String(card.number), { width: card.width, height: card.height });
    card.blocks.forEach(index => { cardOf[index] = card; });
  }

  const ties = [
    ...graph.links.map((link, index) => ({ from: link.from, to: link.to, link: index })),
    ...graph.fusions.filter(([from, to]) => cardOf[from] !== cardOf[to]).map(([from, to]) => ({ from, to })),
  ];
  ties.forEach((tie, index) => {
    const label = tie.link === undefined ? {} : { width: labelWidth, height: labelHeight, labelpos: "c" };
    if (cardOf[tie.from] !== cardOf[tie.to]) {
      layout.setEdge(String(cardOf[tie.from].number), String(cardOf[tie.to].number), label, String(index));
    }
  });
  dagre.layout(layout);

  const blocks = [];
  for (const card of cards) {
    const { x, y } = layout.node(String(card.number));
    [card.x, card.y] = [x - card.width / 2, y - card.height / 2];
    placeRows(card, blocks);
  }
  for (const [index, tie] of ties.entries()) {
    const [from, to] = [blocks[tie.from], blocks[tie.to]];
    const edge = from.card === to.card ? null : layout.edge(String(from.card.number), String(to.card.number), String(index));
    tie.start = { x: from.card.x + from.card.width, y: from.y + rowHeight / 2 };
    tie.end = { x: to.card.x, y: to.y + rowHeight / 2 };
    tie.between = edge ? edge.points.slice(1, -1) : [];
    tie.label = edge && edge.x !== undefined ? { x: edge.x, y: edge.y } : { x: (tie.start.x + tie.end.x) / 2, y: (tie.start.y + tie.end.y) / 2 };
  }
  const { width, height } = layout.graph();
  return { cards, blocks, ties, width: Math.max(width, 1), height: Math.max(height, 1), inside: graph.fusions.filter(([from, to]) => cardOf[from] === cardOf[to]) };
}
