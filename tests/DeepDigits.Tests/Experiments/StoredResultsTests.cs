namespace DeepDigits.Tests.Experiments_;

public sealed class StoredResultsTests
{
    [Fact]
    public void The_results_are_found_from_any_depth_of_the_clone()
    {
        using var clone = new TemporaryFolder();
        var results = Directory.CreateDirectory(Path.Combine(clone.Path, "data", "results")).FullName;
        Directory.CreateDirectory(Path.Combine(clone.Path, "data", "mnist"));
        var deep = Directory.CreateDirectory(Path.Combine(clone.Path, "notebooks", "solutions")).FullName;

        Assert.Equal(results, StoredResults.FindFolder([deep]));
        Assert.Equal(results, StoredResults.FindFolder([clone.Path]));
    }

    [Fact]
    public void The_network_that_is_kept_is_that_of_the_stored_run_from_seed_1()
    {
        var file = StoredResults.NetworkFile("best");
        Assert.NotNull(file);
        Assert.Null(StoredResults.NetworkFile("no such experiment"));
        var model = ModelFile.Read(file);
        var run = new Reproduction(StoredResults.Folder!).ReadSummary().Single(result => result.Name == "best").Runs.Single(run => run.Seed == 1);
        Assert.Equal(run.TestAccuracy, model.Network.Evaluate(RealDigits.Test).Accuracy);
        Assert.Equal(Experiments.Best.Build(RealDigits.Test, 1).Describe().ToJson(), model.Network.Describe().ToJson());
    }

    [Fact]
    public void A_folder_of_that_name_elsewhere_is_not_taken_for_them()
    {
        using var elsewhere = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(elsewhere.Path, "data", "results"));

        Assert.Null(StoredResults.FindFolder([elsewhere.Path]));
    }

    [Fact]
    public void The_second_start_counts_where_the_first_finds_nothing()
    {
        using var elsewhere = new TemporaryFolder();
        using var clone = new TemporaryFolder();
        var results = Directory.CreateDirectory(Path.Combine(clone.Path, "data", "results")).FullName;
        Directory.CreateDirectory(Path.Combine(clone.Path, "data", "mnist"));

        Assert.Equal(results, StoredResults.FindFolder([elsewhere.Path, clone.Path]));
    }
}
