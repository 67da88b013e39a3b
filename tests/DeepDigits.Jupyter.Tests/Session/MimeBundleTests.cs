namespace DeepDigits.Jupyter.Tests;

public sealed class MimeBundleTests
{
    [Fact]
    public void TextGivesTheContentOfAType()
    {
        MimeBundle bundle = MimeBundle.Of("text/html", "<b>1</b>", plain: "1");
        Assert.Equal("<b>1</b>", bundle.Text("text/html"));
        Assert.Equal("1", bundle.Text("text/plain"));
        Assert.Null(bundle.Text("image/png"));
    }
}
