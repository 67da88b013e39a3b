namespace DeepDigits;

/// <summary>Where a program looks for what belongs to its clone: a folder, all above it, then the next place with all above that.</summary>
static class FoldersUpwards
{
    /// <summary>Each place to start from, followed by the folders above it. Empty names are passed over.</summary>
    public static IEnumerable<string> From(params IEnumerable<string> starts)
    {
        foreach (var start in starts.Where(start => start.Length > 0))
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
                yield return folder.FullName;
    }
}
