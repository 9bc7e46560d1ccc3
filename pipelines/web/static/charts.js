// Draws a chart from the table that holds its figures: the table is there for everybody.
(() => {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  // light-dark() is resolved by an element that uses it, not by the variable.
  const resolved = (name) => {
    const probe = document.createElement("span");
    probe.className = "unseen";
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value || colour(name);
  };
  const palette = () => ["--accent", "--edit", "--dot", "--alarm", "--seen", "--copy-dot"].map(resolved);

  const figures = (table, one) => {
    const day = (row) => row.cells[0].dataset.x;
    const rows = [...table.tBodies[0].rows].sort((a, b) => (day(a) < day(b) ? -1 : 1));
    const x = rows.map((row) => Date.parse(`${row.cells[0].dataset.x}T00:00:00Z`) / 1000);
    const names = [...table.tHead.rows[0].cells].slice(1, one ? 2 : undefined).map((cell) => cell.textContent.trim());
    const series = names.map((_, at) =>
      rows.map((row) => {
        const text = (row.cells[at + 1].dataset.y ?? row.cells[at + 1].textContent).trim();
        return text === "" || text === "–" ? null : Number(text);
      }),
    );
    return { x, names, series };
  };

  const drawn = new Map();
  const draw = (box) => {
    const table = document.getElementById(box.dataset.table);
    if (!table || !window.uPlot || box.clientWidth < 80) return;
    const quiet = resolved("--quiet");
    const line = resolved("--line");
    const colours = palette();
    const bars = box.dataset.chart === "bars";
    const { x, names, series } = figures(table, bars);
    const percent = box.dataset.unit === "%";
    const axis = { stroke: quiet, grid: { stroke: line, width: 1 }, ticks: { show: false }, font: "11px Inter, sans-serif" };
    drawn.get(box)?.destroy();
    const plot = new uPlot(
      {
        width: box.clientWidth,
        height: Number(box.dataset.height) || 150,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
        cursor: { y: false, drag: { setScale: false, x: false } },
        legend: { show: !bars, live: false },
        scales: { x: { range: (_u, min, max) => [min - 43200, max + 43200] }, y: { range: (_u, _min, max) => [0, percent ? 100 : Math.max(1, max * 1.1)] } },
        axes: [
          { ...axis, size: 26, grid: { show: false }, incrs: [86400, 2 * 86400, 7 * 86400, 14 * 86400], values: (_u, ticks) => ticks.map((at) => new Date(at * 1000).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" })) },
          { ...axis, size: 36, values: (_u, ticks) => ticks.map((value) => (Number.isInteger(value) ? `${value}${percent ? " %" : ""}` : "")) },
        ],
        series: [
          {},
          ...names.map((label, at) => ({
            label,
            stroke: colours[at % colours.length],
            fill: bars ? colours[at % colours.length] : undefined,
            width: bars ? 0 : 1.75,
            dash: at >= 3 ? [5, 3] : undefined,
            paths: bars ? uPlot.paths.bars({ size: [0.7, 24] }) : undefined,
            points: { show: false },
          })),
        ],
      },
      [x, ...series],
      box,
    );
    plot.root.setAttribute("aria-hidden", "true");
    drawn.set(box, plot);
  };
  const drawAll = () => document.querySelectorAll("[data-chart]").forEach(draw);

  drawAll();
  document.addEventListener("theme", drawAll);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  document.addEventListener("htmx:afterSwap", drawAll);
  let waiting = 0;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(drawAll, 150);
  });
})();
