using System.Security.Cryptography;
using System.Text;

namespace DeepDigits;

/// <summary>
/// A drawing for a notebook that comes alive where it can: the SVG is there at once, and a script puts plotly.js in its place when that could be
/// loaded. Without scripts, without network, or when anything fails, the SVG stays.
/// </summary>
static class LiveChart
{
    /// <summary>The version of plotly.js that the charts are tested with.</summary>
    public const string Version = "4.1.1";

    /// <summary>The bundle with lines, bars, heat maps and pictures, as the CDN takes it from the npm package of the same name.</summary>
    public const string Address = $"https://cdn.jsdelivr.net/npm/plotly.js-cartesian-dist-min@{Version}/plotly-cartesian.min.js";

    /// <summary>What the bundle must hash to, or the browser does not run it (W3C, Subresource Integrity, section 3).</summary>
    public const string Integrity = "sha384-zc4SwKObGL/W0M3RUI09UPWjlgIZHfbwMgcZO6713mRh78tfUmIQKhzCyE2LIiUg";

    /// <summary>
    /// What runs in the page. It loads plotly.js once for all charts, and asks again after a failure. A copy of plotly.js that the page has
    /// already is left in place. Ink and pictures are taken from the page, the one because it knows its ground, the other because they are there.
    /// </summary>
    const string Script = """
        (function(){
        var load=window.deepDigitsPlotly||(window.deepDigitsPlotly=new Promise(function(done,failed){
        var own=window.Plotly,tag=document.createElement("script");
        tag.src="@ADDRESS@";tag.integrity="@INTEGRITY@";tag.crossOrigin="anonymous";
        tag.onload=function(){var loaded=window.Plotly;if(own)window.Plotly=own;loaded?done(loaded):failed()};
        tag.onerror=function(){window.deepDigitsPlotly=null;failed()};
        document.head.appendChild(tag)}));
        load.then(function(plotly){
        document.querySelectorAll('[data-deepdigits="@ID@"]:not([data-live])').forEach(function(box){
        box.setAttribute("data-live","");
        var drawing=box.querySelector("svg"),ink=(getComputedStyle(box).color.match(/[\d.]+/g)||[]).slice(0,3).map(Number),live=document.createElement("div");
        var figure=JSON.parse(JSON.stringify(@FIGURE@),function(key,value){return value==="@INK@"&&ink.length===3?"rgb("+ink.join(",")+")":value});
        var images=drawing.querySelectorAll("image");
        figure.layout.images.forEach(function(image,i){image.source=images[i].getAttribute("href")});
        live.style.cssText="max-width:100%;overflow-x:auto;display:none";
        box.appendChild(live);
        live.style.display="";
        plotly.newPlot(live,figure.data,figure.layout,figure.config).then(function(){drawing.style.display="none"},function(){live.remove()})
        })}).catch(function(){})
        })();
        """;

    /// <summary>The drawing, and the script that replaces it.</summary>
    public static string Html(Figure figure)
    {
        var svg = SvgDrawing.Draw(figure, standsAlone: false);
        var json = PlotlyJson.Write(figure, hasPictures: false);
        // The same chart always has the same name, so that a notebook that comes to the same results is the same file.
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)))[..16];
        var script = Script.ReplaceLineEndings("\n").Replace("@ADDRESS@", Address).Replace("@INTEGRITY@", Integrity).Replace("@ID@", id)
            .Replace("@INK@", PlotlyJson.Ink).Replace("@FIGURE@", json);
        return $"{Box(svg, id)}\n<script>{script}</script>";
    }

    /// <summary>The drawing without a script.</summary>
    public static string StillHtml(Figure figure) => Box(SvgDrawing.Draw(figure, standsAlone: false), "still");

    /// <summary>The drawing as a page of its own.</summary>
    public static string Page(Figure figure)
    {
        var title = System.Net.WebUtility.HtmlEncode(ChartText.Clean(figure.Title));
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n"
            + $"<title>{title}</title>\n"
            + "<style>body{margin:1em;color:#1F2328;background:#FFFFFF}@media (prefers-color-scheme:dark){body{color:#E6EDF3;background:#161B22}}</style>\n"
            + $"</head>\n<body>\n{StillHtml(figure)}\n</body>\n</html>\n";
    }

    static string Box(string svg, string id) => $"<div data-deepdigits=\"{id}\" style=\"image-rendering:pixelated\">{svg}</div>";
}
